// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace tmm::io {

/// What the elements of a stored array are, as far as this toolkit can read them.
enum class Element { float16, bfloat16, float32, float64, signed_integer, unsigned_integer, other };

/// Header of one stored array; nothing of its data has been read.
struct DatasetInfo {
  std::string path;  ///< inside the file; HDF5: without the leading slash, groups separated by '/'
  std::vector<std::size_t> shape;
  Element element = Element::other;
  std::size_t element_size = 0;  ///< bytes as stored
  std::string type;              ///< in words: "float32", "int64", "string"

  [[nodiscard]] std::size_t size() const;                                    ///< product of the shape
  [[nodiscard]] std::size_t bytes() const { return size() * element_size; }  ///< as stored
};

/// Where the bytes of array number i shall go: asked for one after the other, once every claim about size and
/// storage has been checked, so that the memory may be allocated here.
using Sink = std::function<std::span<std::byte>(std::size_t)>;

inline bool is_float(Element element) {
  return element == Element::float16 || element == Element::bfloat16 || element == Element::float32 ||
         element == Element::float64;
}

inline bool is_integer(Element element) {
  return element == Element::signed_integer || element == Element::unsigned_integer;
}

/// Names of numerical types: "float32", "bfloat16", "int64", "uint8"; "" for Element::other.
std::string type_name(Element element, std::size_t element_size);

/// Bounds on what a header may claim, the same for every format.
constexpr std::size_t maximum_rank = 8;
constexpr std::size_t maximum_datasets = 100'000;
constexpr std::size_t maximum_name = 1024;  ///< bytes

/// Throws FormatError (naming `file` and the array) unless rank ≤ maximum_rank and the array's bytes, counted
/// without overflow and with extents of 0 as 1, are at most 64 GiB.
void check_extents(const DatasetInfo& info, const std::string& file);

}  // namespace tmm::io
