// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// What the recognition of every family needs: finds tensors, holds their shapes against what the family
/// expects, and keeps the account of what is known, missing and unknown.
class NetworkReader {
 public:
  /// Up to three extents.
  struct Shape {
    std::array<std::size_t, 3> extents{};
    std::size_t rank;

    Shape(std::initializer_list<std::size_t> shape) : rank(shape.size()) {
      std::copy(shape.begin(), shape.end(), extents.begin());
    }
    [[nodiscard]] std::span<const std::size_t> span() const { return std::span(extents).first(rank); }
  };

  /// Keeps references to both.
  NetworkReader(std::span<const TensorInfo> tensors, const std::string& source);

  /// Throws FormatError naming source and tensor.
  [[noreturn]] void fail(const std::string& tensor, const std::string& what, std::string expected = {},
                         std::string found = {}) const;
  [[nodiscard]] const TensorInfo* find(std::string_view tensor) const;
  /// Extent `axis` of the first of `names` that is stored with rank `rank`; 0 if none is.
  [[nodiscard]] std::size_t extent(std::initializer_list<std::string> names, std::size_t rank,
                                   std::size_t axis) const;

  /// The block lists of these names that are there, in their order, with their numbers of blocks. Throws for
  /// a number left out.
  [[nodiscard]] std::vector<BlockList> block_lists(std::initializer_list<std::string_view> parts) const;

  /// Throws unless all `tensors` are there, of rank `rank`, not empty, and of one shape. `form`: "(H, n)".
  void require_alike(const std::vector<std::string>& tensors, std::size_t rank,
                     const std::string& form) const;

  /// `tensor` belongs to the network: it has this shape (0: any extent), or is listed as missing.
  void expect(std::string tensor, const Shape& shape);
  /// Weight (out, in) and bias (out).
  void expect_linear(const std::string& stem, std::size_t out, std::size_t in);
  /// Scale and offset (d).
  void expect_norm(const std::string& stem, std::size_t d);
  /// Something that is missing, without a tensor of that name.
  void add_missing(const std::string& what) { result.missing.push_back(what); }

  /// At the end: counts parameters and lists unknown tensors and copies.
  Architecture finish();
  /// The same; a network of which nothing is there but tensors below `mixing_layers` is toeplitz_only.
  Architecture finish_below(std::span<const std::string_view> mixing_layers);
  /// Names of all expected tensors that are there.
  [[nodiscard]] std::vector<std::string> known() const;

  Architecture result;  ///< filled step by step

 private:
  NetworkCopy* copy_of(std::string_view tensor);
  void find_copies();

  struct Stored {
    const TensorInfo* info;
    bool known = false;  ///< expected, and there
  };

  const std::string& source_;
  std::map<std::string_view, Stored> tensors_;
};

/// Notes where an autoencoder's code comes from and how its decoder reads it, by the answers given; `always`:
/// also where there are none.
void note_code(const Assumptions& assumptions, Architecture& architecture, bool always = true);

/// Adds what was found of one part of a network to the account of the whole: parameters, missing and unknown
/// tensors.
void add_account(const Architecture& found, Architecture& whole);

/// Calls visit("PART.N.") for every block in data flow.
template <class Visit>
void for_each_block(const Architecture& architecture, Visit visit) {
  for (const BlockList& part : architecture.parts)
    for (std::size_t i = 0; i < part.blocks; ++i) visit(part.prefix + "." + std::to_string(i) + ".");
}

}  // namespace tmm::model
