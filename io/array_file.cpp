// SPDX-License-Identifier: MIT
#include "io/array_file.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "io/atomic_file.hpp"
#include "io/hdf5.hpp"
#include "io/rehearsal.hpp"
#include "model/error.hpp"
#include "model/state_dict.hpp"

namespace tmm::io {
namespace {

using hdf5::Element, hdf5::Handle;

template <class T>
hid_t native_type() {
  if constexpr (std::is_same_v<T, float>)
    return H5T_NATIVE_FLOAT;
  else if constexpr (std::is_same_v<T, double>)
    return H5T_NATIVE_DOUBLE;
  else
    return H5T_NATIVE_INT64;
}

/// Whether every value of this type has a value of T that means the same.
template <class T>
bool convertible(const hdf5::DatasetInfo& info) {
  if (info.element == Element::other || info.element == Element::bfloat16) return false;
  if constexpr (!std::is_integral_v<T>) return true;
  return info.element == Element::signed_integer ||
         (info.element == Element::unsigned_integer && info.element_size < 8);
}

}  // namespace

std::vector<std::string> list_arrays(const std::string& path) {
  auto paths = hdf5::File(path).datasets();
  std::sort(paths.begin(), paths.end());
  return paths;
}

template <class T>
Array<T> read_array(const std::string& path, const std::string& dataset) {
  const hdf5::File file(path);
  const Handle handle = file.open(dataset);
  const auto info = file.inspect(dataset, handle);
  if (!convertible<T>(info))
    throw FormatError("cannot be read",
                      {path, dataset, std::is_integral_v<T> ? "integers" : "numbers", info.type, ""});
  file.check_storage(info, handle);
  Array<T> array{info.shape, std::vector<T>(info.size())};
  file.read(info, handle, native_type<T>(), array.values.data());
  return array;
}

template Array<float> read_array(const std::string&, const std::string&);
template Array<double> read_array(const std::string&, const std::string&);
template Array<std::int64_t> read_array(const std::string&, const std::string&);

namespace {

std::map<std::string, std::string> collect_attributes(const std::string& path, const std::string& object) {
  const hdf5::File file(path);
  const Handle handle =
      object == "/" ? Handle(H5Gopen2(file.id(), "/", H5P_DEFAULT), H5Gclose) : file.open(object);
  std::map<std::string, std::string> attributes;
  for (const std::string& name : hdf5::attribute_names(handle.get()))
    attributes[name] = hdf5::attribute_text(handle.get(), name).value_or("");
  return attributes;
}

}  // namespace

std::map<std::string, std::string> read_attributes(const std::string& path, const std::string& object) {
  rehearse(path, [&] { collect_attributes(path, object); });
  return collect_attributes(path, object);
}

struct ArrayWriter::State {
  PendingFile pending;
  Handle file;

  explicit State(const std::string& path) : pending(path) {
    hdf5::initialize();
    file = Handle(H5Fcreate(pending.temporary().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
    require(file.valid(), "");
  }

  void require(bool success, const std::string& object) const {
    if (success) return;
    try {
      hdf5::fail("cannot write", pending.path(), object);
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

  template <class T>
  Handle create(const std::string& name, std::span<const std::size_t> shape) const {
    const std::vector<hsize_t> extents(shape.begin(), shape.end());
    const Handle space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose);
    const Handle links = link_plan();
    const Handle plan(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(plan.get(), false);  // same content, same bytes
    Handle target(H5Dcreate2(file.get(), name.c_str(), native_type<T>(), space.get(), links.get(), plan.get(),
                             H5P_DEFAULT),
                  H5Dclose);
    require(target.valid(), name);
    return target;
  }

  template <class T>
  void part(const std::string& name, std::span<const std::size_t> start, std::span<const std::size_t> extent,
            std::span<const T> values) const {
    const std::vector<hsize_t> first(start.begin(), start.end()), count(extent.begin(), extent.end());
    const Handle target(H5Dopen2(file.get(), name.c_str(), H5P_DEFAULT), H5Dclose);
    require(target.valid(), name);
    const Handle box(H5Dget_space(target.get()), H5Sclose);
    const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose);
    require(
        H5Sselect_hyperslab(box.get(), H5S_SELECT_SET, first.data(), nullptr, count.data(), nullptr) >= 0 &&
            H5Dwrite(target.get(), native_type<T>(), memory.get(), box.get(), H5P_DEFAULT, values.data()) >=
                0,
        name);
  }

  template <class T>
  void dataset(const std::string& name, std::span<const std::size_t> shape, std::span<const T> values) const {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    if (size != values.size())
      throw ArgumentError(
          "shape and number of values disagree",
          {pending.path(), name, model::format_shape(shape), std::to_string(values.size()) + " values", ""});
    const Handle target = create<T>(name, shape);
    require(values.empty() ||
                H5Dwrite(target.get(), native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0,
            name);
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
  state_->create<T>(name, shape);
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
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), text.size() + 1);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  state_->attribute(object, name, type.get(), std::string(text).c_str());
}

void ArrayWriter::attribute(const std::string& object, const std::string& name, double number) {
  state_->attribute(object, name, H5T_NATIVE_DOUBLE, &number);
}

void ArrayWriter::attribute(const std::string& object, const std::string& name, std::int64_t number) {
  state_->attribute(object, name, H5T_NATIVE_INT64, &number);
}

void ArrayWriter::finish() {
  state_->require(H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL) >= 0, "");
  state_->file.reset();
  state_->pending.commit();
}

}  // namespace tmm::io
