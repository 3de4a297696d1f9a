// SPDX-License-Identifier: MIT
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/hdf5/attribute.hpp"
#include "io/hdf5/dataset_info.hpp"

/// The HDF5 C library behind RAII and a policy, for the .cpp files of this folder only. Files come from
/// strangers: only hard links are followed (an external or soft link could name any file of this machine),
/// every size is checked before memory is asked for, no plugin is ever loaded, HDF5 prints nothing by itself.
/// That does not make the library safe: open files of others inside io::run_in_child only.
namespace tmm::io::hdf5 {

/// Owns one HDF5 identifier.
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Closer close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = H5I_INVALID_HID; }
  Handle& operator=(Handle&& other) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }
  void reset();
  /// Like reset; false if HDF5 fails at it. Datasets being written must be closed so: HDF5 holds small writes
  /// back until then.
  [[nodiscard]] bool finish();
  /// Gives the identifier up without closing it.
  void abandon() { id_ = H5I_INVALID_HID; }
  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Closer close_ = nullptr;
};

/// Turns HDF5's own printing and its plugins off for this thread and process. Called by every door of io/.
void initialize();

/// Throws FormatError "WHAT. HDF5 says: …" with the innermost entries of HDF5's error stack.
[[noreturn]] void fail(const std::string& what, const std::string& file, const std::string& dataset);

/// How a dataset's values lie in the file.
struct Storage {
  std::optional<std::uint64_t> offset;  ///< of the first value, if they are stored as they are in memory
  std::uint64_t rows = 1;  ///< along the first dimension that are stored together: those of a chunk
};

/// A file opened by HDF5 for reading under the policy above.
class File {
 public:
  /// `input` must outlive the object. Throws FileError (a program that writes it holds it locked) or
  /// FormatError (damaged, truncated, never closed by its writer).
  explicit File(const InputFile& input);
  [[nodiscard]] hid_t id() const { return file_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Paths of all datasets, depth first. Throws FormatError naming the link for a soft, external or
  /// user-defined link, a cycle of hard links, groups deeper than 16, more than 100 000 objects.
  [[nodiscard]] std::vector<std::string> datasets() const;
  /// Whether something stands under this path.
  [[nodiscard]] bool has(const std::string& object) const;
  /// Opens one dataset, checking every link on the way.
  [[nodiscard]] Handle open(const std::string& dataset) const;
  /// Opens a dataset or a group below the root in the same way.
  [[nodiscard]] Handle open_object(const std::string& object) const;
  /// Shape and type. Throws FormatError for external or virtual storage and for more than 8 dimensions.
  [[nodiscard]] DatasetInfo inspect(const std::string& dataset, const Handle& handle) const;
  /// Throws FormatError unless the data is completely there, in filters of the library itself, in a size
  /// that the bytes of the file can account for. Call before allocating.
  [[nodiscard]] Storage check_storage(const DatasetInfo& info, const Handle& handle) const;
  /// Reads rows first, …, first + rows − 1 (along the first dimension; row 0 is a scalar's only one) into
  /// `buffer`, turned to this machine's byte order.
  void read_rows(const DatasetInfo& info, const Handle& handle, std::size_t first, std::size_t rows,
                 void* buffer) const;

 private:
  void check_links(const std::string& path, const std::string& missing) const;

  const InputFile& input_;
  std::string path_;
  Handle file_;
};

/// "string", "compound (complex numbers?)", …
std::string class_name(H5T_class_t kind);

/// Names of an object's attributes, in their order, at most maximum_attributes.
std::vector<std::string> attribute_names(hid_t object);
/// Nothing if there is no such attribute.
std::optional<Attribute> read_attribute(hid_t object, const std::string& name);
/// All of an object, those that the program uses before all others: within maximum_attributes and
/// maximum_attribute_bytes altogether.
Attributes read_attributes(hid_t object);

/// IEEE binary16 and bfloat16, little-endian, as HDF5 float types (HDF5 1.10 predefines neither).
Handle float16_type();
Handle bfloat16_type();

}  // namespace tmm::io::hdf5
