// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/committed_file.hpp"
#include "io/files/input_file.hpp"
#include "io/hdf5/dataset_info.hpp"

namespace tmm::io {

/// A numerical array, row-major.
template <class T>
struct Array {
  std::vector<std::size_t> shape;
  std::vector<T> values;
};

/// Paths of all datasets of an HDF5 file ("grad/wte.weight"), in name order. Throws as read_header does.
std::vector<std::string> list_arrays(const InputFile& file);
std::vector<std::string> list_arrays(const std::string& path);

/// Reads one numerical dataset of any shape as T = double, float or std::int64_t. Conversions that change a
/// value's meaning are refused: int64 takes integers only. Wider floats round to nearest. The same policy on
/// links, storage and sizes as for checkpoints; throws FileError, FormatError naming file and dataset.
template <class T>
Array<T> read_array(const InputFile& file, const std::string& dataset);
template <class T>
Array<T> read_array(const std::string& path, const std::string& dataset) {
  return read_array<T>(InputFile(path), dataset);
}

/// Attributes of an object ("/" for the root) as text, bounded in number and length.
std::map<std::string, std::string> read_attributes(const InputFile& file, const std::string& object = "/");
std::map<std::string, std::string> read_attributes(const std::string& path, const std::string& object = "/");

/// Writes an HDF5 file that appears under its name only at finish(): whole, or not at all. Objects are named
/// by paths; groups on the way are made. The same calls give the same bytes. Every member throws FileError
/// naming the file.
class ArrayWriter {
 public:
  explicit ArrayWriter(const std::string& path);
  /// A file that grows from commit() to commit() instead, and is as it was last committed whatever happens
  /// (CommittedFile). Also throws FormatError for a file to resume that is no HDF5.
  ArrayWriter(const std::string& path, CommittedFile::Start start);
  ArrayWriter(const ArrayWriter&) = delete;
  ArrayWriter& operator=(const ArrayWriter&) = delete;
  ~ArrayWriter();

  void group(const std::string& name);
  /// `values` are row-major; their number must be the product of `shape` (ArgumentError otherwise).
  void dataset(const std::string& name, std::span<const std::size_t> shape, std::span<const float> values);
  void dataset(const std::string& name, std::span<const std::size_t> shape, std::span<const double> values);
  void dataset(const std::string& name, std::span<const std::size_t> shape,
               std::span<const std::int64_t> values);
  /// A dataset of T = float or double whose values come later, in parts; what is never written reads as 0.
  template <class T>
  void reserve(const std::string& name, std::span<const std::size_t> shape);
  /// Values of the box start … start + extent − 1 of a reserved dataset, row-major.
  void write_part(const std::string& name, std::span<const std::size_t> start,
                  std::span<const std::size_t> extent, std::span<const float> values);
  void write_part(const std::string& name, std::span<const std::size_t> start,
                  std::span<const std::size_t> extent, std::span<const double> values);
  /// Bytes of a float or integer array of any type (info.element, element_size, shape), in this machine's
  /// byte order. bfloat16 is written as uint16, as HDF5 has no such type.
  void raw(const std::string& name, const DatasetInfo& info, std::span<const std::byte> values);
  /// Attribute of an object written before; "/" is the root.
  void attribute(const std::string& object, const std::string& name, std::string_view text);
  void attribute(const std::string& object, const std::string& name, double number);
  void attribute(const std::string& object, const std::string& name, std::int64_t number);
  /// What was written so far is in the file for good. Only of a file that grows.
  void commit();
  /// Whether there is such an object. Only of a file that grows.
  [[nodiscard]] bool has(const std::string& object) const;
  /// With `replace` = false, FileError if a file of this name has appeared meanwhile. Of a file
  /// that grows the last commit().
  void finish(bool replace = true);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tmm::io
