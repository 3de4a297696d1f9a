// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "model/base/error.hpp"
#include "python/bindings/arrays.hpp"

namespace tmm::python {
namespace {

using io::Element;

/// Ends the life of an object of Python on whatever thread.
struct WithGil {
  void operator()(py::object* object) const {
    if (Py_IsInitialized() == 0) return;
    const py::gil_scoped_acquire gil;
    delete object;
  }
};

constexpr int deepest = 16;  ///< mappings within mappings

struct ElementName {
  std::string_view name;
  Element element;
  std::size_t size;
};

constexpr std::array<ElementName, 12> elements{{{"float16", Element::float16, 2},
                                                {"bfloat16", Element::bfloat16, 2},
                                                {"float32", Element::float32, 4},
                                                {"float64", Element::float64, 8},
                                                {"int8", Element::signed_integer, 1},
                                                {"int16", Element::signed_integer, 2},
                                                {"int32", Element::signed_integer, 4},
                                                {"int64", Element::signed_integer, 8},
                                                {"uint8", Element::unsigned_integer, 1},
                                                {"uint16", Element::unsigned_integer, 2},
                                                {"uint32", Element::unsigned_integer, 4},
                                                {"uint64", Element::unsigned_integer, 8}}};

/// Upper halves of float32: what a bfloat16 was before it was widened.
void store_bfloat16(const py::array& values, std::span<std::byte> out) {
  const auto wide = py::array_t<float, py::array::c_style | py::array::forcecast>(values);
  const float* first = wide.data();
  for (std::size_t i = 0; i < out.size() / 2; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, first + i, sizeof bits);
    const auto half = static_cast<std::uint16_t>(bits >> 16U);
    std::memcpy(out.data() + 2 * i, &half, sizeof half);
  }
}

std::vector<std::size_t> shape_of(py::handle x) {
  if (py::isinstance<py::array>(x)) {
    const auto array = py::reinterpret_borrow<py::array>(x);
    return {array.shape(), array.shape() + array.ndim()};
  }
  std::vector<std::size_t> shape;
  for (const py::handle extent : x.attr("shape")) shape.push_back(extent.cast<std::size_t>());
  return shape;
}

/// Whether memory holds just these numbers in row-major order, as this machine stores them.
bool is_plain(const py::array& array) {
  constexpr char native = std::endian::native == std::endian::little ? '<' : '>';
  const char order = array.dtype().byteorder();
  return (array.flags() & py::array::c_style) != 0 && (order == '=' || order == '|' || order == native);
}

void copy_values(const io::DatasetInfo& info, const py::object& object, std::span<std::byte> out) {
  const py::array values = real_array(object, info.path);
  const std::vector<std::size_t> shape = shape_of(values);
  if (shape != info.shape)
    throw FormatError("an array that has changed its shape",
                      {"", info.path, model::format_shape(info.shape), model::format_shape(shape), ""});
  if (info.element == Element::bfloat16) return store_bfloat16(values, out);
  if (is_plain(values) && element_name(values) == info.type) {  // numpy needs 3 µs to copy anything
    std::copy_n(static_cast<const std::byte*>(values.data()), out.size(), out.begin());
    return;
  }
  const std::vector<py::ssize_t> extents(values.shape(), values.shape() + values.ndim());
  py::module_::import("numpy").attr("copyto")(array_over(py::dtype(info.type), extents, out.data()), values,
                                              "equiv");
}

bool is_array(py::handle x) {
  return py::isinstance<py::array>(x) || (py::hasattr(x, "shape") && py::hasattr(x, "dtype"));
}

/// Whether a tensor is a shape without data (torch's device "meta").
bool is_on_meta(py::handle x) {
  if (py::isinstance<py::array>(x)) return false;
  const py::object device = py::getattr(x, "device", py::none());
  return std::string(py::str(device)) == "meta";
}

/// A leaf of the mapping: an array, or something to be ignored.
io::MemoryArray leaf(const std::string& name, py::object value) {
  if (PyList_Check(value.ptr()) || PyTuple_Check(value.ptr())) {  // numbers in lists are an array, too
    try {
      value = real_array(value, name);
    } catch (const ArgumentError&) {
    }
  }
  io::MemoryArray array;
  array.info.path = name;
  array.info.type = py::str(py::type::handle_of(value).attr("__name__"));
  if (!is_array(value)) return array;
  array.info.type = element_name(value);
  array.info.shape = shape_of(value);
  for (const auto& [type, element, size] : elements)
    if (type == array.info.type) array.info.element = element, array.info.element_size = size;
  if (is_on_meta(value)) return array;
  array.copy = [info = array.info, object = hold(std::move(value))](std::span<std::byte> out) {
    const py::gil_scoped_acquire gil;
    copy_values(info, *object, out);
  };
  return array;
}

bool is_mapping(py::handle x) {
  return !is_array(x) && py::hasattr(x, "keys") && py::hasattr(x, "items");
}

void append(py::handle mapping, const std::string& prefix, int depth, std::vector<io::MemoryArray>& arrays) {
  if (depth > deepest)
    throw FormatError("mappings are nested too deeply", {"", prefix, "at most 16 levels", "", ""});
  for (const py::handle item : py::iter(mapping.attr("items")())) {
    const auto pair = item.cast<std::pair<py::object, py::object>>();
    const std::string name = prefix + std::string(py::str(pair.first));
    if (is_mapping(pair.second))
      append(pair.second, name + ".", depth + 1, arrays);
    else
      arrays.push_back(leaf(name, pair.second));
  }
}

}  // namespace

Held hold(py::object object) {
  return {new py::object(std::move(object)), WithGil{}};
}

std::vector<io::MemoryArray> memory_arrays(py::handle network) {
  auto mapping = py::reinterpret_borrow<py::object>(network);
  if (!PyDict_Check(mapping.ptr()) && py::hasattr(mapping, "state_dict"))
    mapping = mapping.attr("state_dict")();
  if (!is_mapping(mapping))
    throw ArgumentError("this is no network",
                        {"", "", "a mapping of names to arrays, or an object with state_dict()",
                         py::str(py::type::handle_of(network).attr("__name__")), ""});
  std::vector<io::MemoryArray> arrays;
  append(mapping, "", 0, arrays);
  return arrays;
}

}  // namespace tmm::python
