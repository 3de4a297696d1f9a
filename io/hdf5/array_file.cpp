// SPDX-License-Identifier: MIT
#include "io/hdf5/array_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "io/files/atomic_file.hpp"
#include "io/hdf5/dataset_info.hpp"
#include "io/hdf5/descriptor_driver.hpp"
#include "io/hdf5/hdf5.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io {
namespace {

using hdf5::Handle;

template <class T>
hid_t native_type() {
  if constexpr (std::is_same_v<T, float>)
    return H5T_NATIVE_FLOAT;
  else if constexpr (std::is_same_v<T, double>)
    return H5T_NATIVE_DOUBLE;
  else
    return H5T_NATIVE_INT64;
}

}  // namespace

struct ArrayWriter::State {
  std::string path;
  std::optional<PendingFile> pending;
  int descriptor = -1;                       // HDF5's own, of `pending`
  std::unique_ptr<CommittedFile> committed;  // instead of `pending`
  Handle file;

  explicit State(std::string name) : path(std::move(name)) {
    pending.emplace(path);
    descriptor = ::fcntl(pending->descriptor(), F_DUPFD_CLOEXEC, 3);
    open(hdf5::descriptor_access(descriptor), true);
  }
  State(std::string name, CommittedFile::Start start)
      : path(std::move(name)), committed(std::make_unique<CommittedFile>(path, start)) {
    const bool create = start != CommittedFile::Start::resume;
    open(hdf5::committed_access(*committed), create);
    if (!create) committed->forget_rest();
  }
  void open(const Handle& access, bool create) {
    hdf5::take_system_error();
    const char* name = pending ? pending->temporary().c_str() : path.c_str();
    file = Handle(create ? H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access.get())
                         : H5Fopen(name, H5F_ACC_RDWR, access.get()),
                  H5Fclose);
    if (!create && !file.valid()) hdf5::fail("cannot go on writing", path, "");
    require(file.valid(), "");
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  /// A file that was not finished is never seen again. Closing it would make HDF5 write the rest of it, and
  /// crash where that fails because the disk is full; so HDF5 keeps it, and its descriptor with it.
  ~State() {
    if (file.valid() && committed) keep_for_hdf5(std::move(committed));
    if (file.valid())
      file.abandon();
    else if (descriptor >= 0)
      ::close(descriptor);
  }

  /// HDF5 may turn to it until the very end of the process.
  static void keep_for_hdf5(std::unique_ptr<CommittedFile> abandoned) {
    static auto* kept = new std::vector<std::unique_ptr<CommittedFile>>;  // never destroyed
    abandoned->abandon();
    kept->push_back(std::move(abandoned));
  }

  void require(bool success, const std::string& object) const {
    if (success) return;
    if (const int error = hdf5::take_system_error(); error != 0)  // a full disk, …
      throw FileError(std::string("cannot write: ") + std::strerror(error), {path, "", "", "", ""});
    try {
      hdf5::fail("cannot write", path, object);
    } catch (const FormatError& e) {  // same words, but the file cannot be written at all
      throw FileError(e.what());
    }
  }

  static Handle link_plan() {
    Handle plan(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(plan.get(), 1);
    H5Pset_char_encoding(plan.get(), H5T_CSET_UTF8);
    return plan;
  }

  Handle create(const std::string& name, std::span<const std::size_t> shape, hid_t type) const {
    const std::vector<hsize_t> extents(shape.begin(), shape.end());
    const Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
    const Handle links = link_plan();
    const Handle plan(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(plan.get(), false);  // same content, same bytes
    Handle target(
        H5Dcreate2(file.get(), name.c_str(), type, space.get(), links.get(), plan.get(), H5P_DEFAULT),
        H5Dclose);
    require(target.valid(), name);
    return target;
  }

  template <class T>
  void part(const std::string& name, std::span<const std::size_t> start, std::span<const std::size_t> extent,
            std::span<const T> values) const {
    const std::vector<hsize_t> first(start.begin(), start.end()), count(extent.begin(), extent.end());
    Handle target(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), H5Dclose);
    require(target.valid(), name);
    const Handle box(H5Dget_space(target.get()), H5Sclose);
    const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    require(
        H5Sselect_hyperslab(box.get(), H5S_SELECT_SET, first.data(), nullptr, count.data(), nullptr) >= 0 &&
            H5Dwrite(target.get(), native_type<T>(), memory.get(), box.get(), H5P_DEFAULT, values.data()) >=
                0,
        name);
    require(target.finish(), name);
  }

  template <class T>
  void dataset(const std::string& name, std::span<const std::size_t> shape, std::span<const T> values) const {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    if (size != values.size())
      throw ArgumentError(
          "shape and number of values disagree",
          {path, name, model::format_shape(shape), std::to_string(values.size()) + " values", ""});
    store(name, shape, native_type<T>(), values.data(), values.empty());
  }

  void store(const std::string& name, std::span<const std::size_t> shape, hid_t type, const void* values,
             bool empty) const {
    Handle target = create(name, shape, type);
    require(empty || H5Dwrite(target.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, name);
    require(target.finish(), name);
  }

  void attribute(const std::string& object, const std::string& name, hid_t type, const void* value) const {
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Handle target(H5Acreate_by_name(file.get(), object.c_str(), name.c_str(), type, space.get(),
                                          H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                        H5Aclose);
    require(target.valid() && H5Awrite(target.get(), type, value) >= 0, object);
  }
};

ArrayWriter::ArrayWriter(const std::string& path) : state_(std::make_unique<State>(path)) {}
ArrayWriter::ArrayWriter(const std::string& path, CommittedFile::Start start)
    : state_(std::make_unique<State>(path, start)) {}
ArrayWriter::~ArrayWriter() = default;

void ArrayWriter::group(const std::string& name) {
  const Handle links = State::link_plan();  // outlives the call: closing it would clear HDF5's error stack
  const Handle made(H5Gcreate2(state_->file.get(), name.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT),
                    H5Gclose);
  state_->require(made.valid(), name);
}

void ArrayWriter::dataset(const std::string& name, std::span<const std::size_t> shape,
                          std::span<const float> values) {
  state_->dataset(name, shape, values);
}

void ArrayWriter::dataset(const std::string& name, std::span<const std::size_t> shape,
                          std::span<const double> values) {
  state_->dataset(name, shape, values);
}

void ArrayWriter::dataset(const std::string& name, std::span<const std::size_t> shape,
                          std::span<const std::int64_t> values) {
  state_->dataset(name, shape, values);
}

template <class T>
void ArrayWriter::reserve(const std::string& name, std::span<const std::size_t> shape) {
  state_->require(state_->create(name, shape, native_type<T>()).finish(), name);
}

template void ArrayWriter::reserve<float>(const std::string&, std::span<const std::size_t>);
template void ArrayWriter::reserve<double>(const std::string&, std::span<const std::size_t>);

void ArrayWriter::write_part(const std::string& name, std::span<const std::size_t> start,
                             std::span<const std::size_t> extent, std::span<const float> values) {
  state_->part(name, start, extent, values);
}

void ArrayWriter::write_part(const std::string& name, std::span<const std::size_t> start,
                             std::span<const std::size_t> extent, std::span<const double> values) {
  state_->part(name, start, extent, values);
}

void ArrayWriter::attribute(const std::string& object, const std::string& name, std::string_view text) {
  constexpr std::size_t most_beside_header = 60'000;  // what an object's header has room for is 64 KiB
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  const bool long_text = name.size() + text.size() > most_beside_header;
  H5Tset_size(type.get(), long_text ? H5T_VARIABLE : text.size() + 1);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const std::string terminated(text);
  const char* pointer = terminated.c_str();
  state_->attribute(object, name, type.get(), long_text ? static_cast<const void*>(&pointer) : pointer);
}

void ArrayWriter::attribute(const std::string& object, const std::string& name, double number) {
  state_->attribute(object, name, H5T_NATIVE_DOUBLE, &number);
}

void ArrayWriter::attribute(const std::string& object, const std::string& name, std::int64_t number) {
  state_->attribute(object, name, H5T_NATIVE_INT64, &number);
}

namespace {

/// Little-endian, as nearly every machine reads it without conversion.
Handle stored_type(const DatasetInfo& info) {
  if (info.element == Element::float16) return hdf5::float16_type();
  hid_t type = info.element_size == 8 ? H5T_IEEE_F64LE : H5T_IEEE_F32LE;
  if (info.element == Element::bfloat16) type = H5T_STD_U16LE;
  if (is_integer(info.element)) {
    const bool is_signed = info.element == Element::signed_integer;
    const hid_t by_size[] = {
        is_signed ? H5T_STD_I8LE : H5T_STD_U8LE, is_signed ? H5T_STD_I16LE : H5T_STD_U16LE,
        is_signed ? H5T_STD_I32LE : H5T_STD_U32LE, is_signed ? H5T_STD_I64LE : H5T_STD_U64LE};
    type = by_size[std::bit_width(info.element_size) - 1];
  }
  return {H5Tcopy(type), H5Tclose};
}

}  // namespace

void ArrayWriter::raw(const std::string& name, const DatasetInfo& info, std::span<const std::byte> values) {
  if (info.element == Element::other || values.size() != info.bytes())
    throw ArgumentError("values do not fit shape and type", {state_->path, name, "", info.type, ""});
  const Handle type = stored_type(info);
  state_->store(name, info.shape, type.get(), values.data(), values.empty());
}

void ArrayWriter::finish(bool replace) {
  state_->require(H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL) >= 0, "");
  state_->require(state_->file.finish(), "");
  state_->pending ? state_->pending->commit(replace) : state_->committed->commit();
}

void ArrayWriter::commit() {
  state_->require(H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL) >= 0, "");
  state_->committed->commit();
}

bool ArrayWriter::has(const std::string& object) const {
  for (std::size_t end = object.find('/'); end != std::string::npos; end = object.find('/', end + 1))
    if (H5Lexists(state_->file.get(), object.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
  return H5Lexists(state_->file.get(), object.c_str(), H5P_DEFAULT) > 0;
}

}  // namespace tmm::io
