// SPDX-License-Identifier: MIT
#include "python/bindings/arrays.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <string>

#include "model/base/error.hpp"

namespace tmm::python {
namespace {

constexpr const char* expected_numbers =
    "real numbers: an array of float16, float32, float64 or integers, a tensor, "
    "or a sequence of numbers";

std::string type_of(py::handle x) {
  return py::str(py::type::handle_of(x).attr("__name__"));
}

[[noreturn]] void fail(const std::string& what, const std::string& found, const std::string& hint = "") {
  throw ArgumentError("cannot read " + what + " as numbers", {"", what, expected_numbers, found, hint});
}

bool has(py::handle x, const char* attribute) {
  return py::hasattr(x, attribute);
}

/// numpy's own conversion; what it raises becomes an ArgumentError, save for what is no fault of the array
/// (KeyboardInterrupt, MemoryError).
py::array as_array(py::handle x, const std::string& what) {
  try {
    return py::module_::import("numpy").attr("asarray")(x).cast<py::array>();
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_Exception) || error.matches(PyExc_MemoryError)) throw;
    fail(what, fmt::format("{}: {}", type_of(x), std::string(py::str(error.value()))));
  }
}

/// A tensor of a training loop as one that numpy can read: without history, on this machine, bfloat16 as
/// float32.
py::object readable(py::handle x, const std::string& what) {
  try {
    auto tensor = py::reinterpret_borrow<py::object>(x);
    if (has(tensor, "detach")) tensor = tensor.attr("detach")();
    if (has(tensor, "cpu")) tensor = tensor.attr("cpu")();
    if (has(tensor, "float") && element_name(tensor) == "bfloat16") tensor = tensor.attr("float")();
    return tensor;
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_Exception) || error.matches(PyExc_MemoryError)) throw;
    fail(what, fmt::format("{}: {}", type_of(x), std::string(py::str(error.value()))));
  }
}

void require_real(const py::array& array, const std::string& what) {
  const char kind = array.dtype().kind();
  const auto size = array.dtype().itemsize();
  if (kind == 'i' || kind == 'u' || (kind == 'f' && size <= 8)) return;
  const std::string found = "an array of " + element_name(array);
  if (kind == 'c')
    fail(what, found, "Trained Toeplitz weights are real: pass .real if that is what is meant");
  if (kind == 'f') fail(what, found, "Round it with .astype(numpy.float64) if that is what is meant");
  fail(what, found);
}

/// What a masked array hides are no numbers.
void require_unmasked(py::handle x, const std::string& what) {
  if (!has(x, "mask") || !has(x, "filled")) return;
  if (py::module_::import("numpy").attr("any")(x.attr("mask")).cast<bool>())
    fail(what, "a masked array with hidden entries", "Fill them first");
}

bool native(const py::array& array) {
  return array.dtype().attr("isnative").cast<bool>();
}

template <class T>
void copy_strided(const py::array& array, std::vector<double>& values) {
  const auto* first = static_cast<const char*>(array.data());
  const py::ssize_t step = values.size() > 1 ? array.strides(array.ndim() - 1) : 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    T value;
    std::memcpy(&value, first + static_cast<py::ssize_t>(k) * step, sizeof value);
    values[k] = value;
  }
}

/// Integers from 2^53 on may have been rounded.
void require_exact(const py::array& array, const std::vector<double>& values, const std::string& what) {
  if (array.dtype().kind() == 'f' || array.dtype().itemsize() < 8) return;
  for (const double v : values)
    if (std::fabs(v) >= 0x1p53)
      throw ArgumentError("an integer that float64 may not hold",
                          {"", what, "integers below 2^53", fmt::format("{:.17g}", v), ""});
}

}  // namespace

std::string element_name(py::handle x) {
  if (py::isinstance<py::array>(x)) {  // numpy finds its names slowly
    const py::dtype type = py::reinterpret_borrow<py::array>(x).dtype();
    const std::string bits = std::to_string(8 * type.itemsize());
    if (type.kind() == 'f') return "float" + bits;
    if (type.kind() == 'i') return "int" + bits;
    if (type.kind() == 'u') return "uint" + bits;
  }
  const py::object type = py::getattr(x, "dtype", py::none());
  if (type.is_none()) return "";
  if (has(type, "name")) return py::str(type.attr("name"));
  const std::string text = py::str(type);
  return text.substr(text.rfind('.') + 1);
}

py::array real_array(py::handle x, const std::string& what) {
  if (py::isinstance<py::str>(x) || py::isinstance<py::bytes>(x) || x.is_none() || PyDict_Check(x.ptr()))
    fail(what, x.is_none() ? "None" : type_of(x));
  py::array array;
  if (py::isinstance<py::array>(x)) {
    require_unmasked(x, what);
    array = py::reinterpret_borrow<py::array>(x);
  } else {
    array = as_array(readable(x, what), what);
  }
  if (array.dtype().kind() == 'V' && element_name(array) == "bfloat16")
    array = array.attr("astype")("float32").cast<py::array>();
  require_real(array, what);
  return array;
}

py::array array_over(const py::dtype& type, const std::vector<py::ssize_t>& shape, void* memory) {
  return {type, shape, memory, py::capsule(memory, [](void*) {})};
}

std::vector<double> doubles_of(const py::array& array, const std::string& what) {
  std::vector<double> values(static_cast<std::size_t>(array.size()));
  const auto size = array.dtype().itemsize();
  const bool line = array.ndim() == 1 || (array.ndim() == 2 && array.shape(0) == 1);
  if (line && array.dtype().kind() == 'f' && size >= 4 && native(array)) {
    size == 8 ? copy_strided<double>(array, values) : copy_strided<float>(array, values);
  } else {
    const std::vector<py::ssize_t> shape(array.shape(), array.shape() + array.ndim());
    py::module_::import("numpy").attr("copyto")(array_over(py::dtype::of<double>(), shape, values.data()),
                                                array);
    require_exact(array, values, what);
  }
  return values;
}

std::vector<double> taps_of(py::handle x) {
  const py::array array = real_array(x, "taps");
  const bool row = array.ndim() == 2 && array.shape(0) == 1;
  if (array.ndim() != 1 && !row)
    throw ArgumentError(
        "taps of one Toeplitz operator have one dimension",
        {"", "taps", "shape (n) or (1, n)", "shape " + std::string(py::str(array.attr("shape"))),
         array.ndim() == 2 ? "Each row is an operator: pass one row at a time" : ""});
  if (array.size() == 0)
    throw ArgumentError("a Toeplitz operator needs at least one tap",
                        {"", "taps", "shape (n), n >= 1", "no number", ""});
  std::vector<double> taps = doubles_of(array, "taps");
  for (std::size_t k = 0; k < taps.size(); ++k)
    if (!std::isfinite(taps[k]))
      throw ArgumentError("a tap is not finite",
                          {"", "taps", "finite numbers", fmt::format("{} at [{}]", taps[k], k), ""});
  return taps;
}

}  // namespace tmm::python
