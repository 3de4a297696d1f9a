// SPDX-License-Identifier: MIT
#include "analysis/base/measure.hpp"

#include <fmt/format.h>
#include <pybind11/stl.h>

#include <cmath>
#include <optional>
#include <string>

#include "model/base/error.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

namespace py = pybind11;
using analysis::Measure, analysis::Status;

bool is_number(const Measure& m) {
  return m.status == Status::certified || m.status == Status::numerical;
}

std::optional<double> value(const Measure& m) {
  return is_number(m) ? std::optional(m.value) : std::nullopt;
}

std::optional<double> error(const Measure& m) {
  return is_number(m) ? std::optional(m.error) : std::nullopt;
}

std::optional<double> bound(const Measure& m, Measure::Bound side) {
  return m.status == Status::below_precision && m.bound == side ? std::optional(m.value) : std::nullopt;
}

double as_float(const Measure& m) {
  if (is_number(m)) return m.value;
  throw ArgumentError("there is no number",
                      {"", "", "a measure with a value", std::string(name(m.status)), m.method});
}

std::string describe(const Measure& m) {
  if (is_number(m)) return fmt::format("<Measure {}, {}: error {:.2g}>", m.value, name(m.status), m.error);
  if (m.status != Status::below_precision)
    return fmt::format("<Measure none, {}: {}>", name(m.status), m.method);
  return fmt::format("<Measure none, at {} {:.3g}>", m.bound == Measure::Bound::upper ? "most" : "least",
                     m.value);
}

}  // namespace

void bind_measure(py::module_& module) {
  py::class_<Measure>(module, "Measure", "A real number with its provenance. float() of it is its value.")
      .def_property_readonly("value", &value,
                             "float or None: the number; None where only a bound is known, or nothing.")
      .def_property_readonly(
          "status", [](const Measure& m) { return std::string(name(m.status)); },
          "str: how it is known: \"certified\" (proven), \"numerical\" (with an error estimate), "
          "\"below precision\" (a bound only), \"undecided\" or \"not defined\".")
      .def_property_readonly("error", &error,
                             "float or None: bound (certified) or estimate (numerical) of |value - truth|.")
      .def_property_readonly(
          "lower_bound", [](const Measure& m) { return bound(m, Measure::Bound::lower); },
          "float or None: where nothing but a lower bound is known.")
      .def_property_readonly(
          "upper_bound", [](const Measure& m) { return bound(m, Measure::Bound::upper); },
          "float or None: where nothing but an upper bound is known.")
      .def_readonly("method", &Measure::method, "str: how it was obtained, or why there is no number.")
      .def("__float__", &as_float)
      .def("__repr__", &describe);
}

}  // namespace tmm::python
