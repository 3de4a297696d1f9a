// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <complex>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/base/scaled_enclosure.hpp"
#include "analysis/index/winding.hpp"
#include "analysis/symbol/symbol_polygon.hpp"
#include "model/base/error.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

using analysis::IndexStatus, analysis::SymbolPolygon, analysis::Winding;
using Complex = std::complex<double>;

/// A polygon beside what is certified of its curve.
struct SymbolCurve {
  Winding winding;
  SymbolPolygon polygon;

  [[nodiscard]] bool truthful() const {
    return winding.status == IndexStatus::certified && polygon.winding == winding.number;
  }
  [[nodiscard]] std::string status() const {
    const bool lost = winding.status == IndexStatus::certified && !truthful();
    return std::string(name(lost ? IndexStatus::undecided : winding.status));
  }
  [[nodiscard]] std::string reason() const {
    return winding.status == IndexStatus::certified ? polygon.reason : winding.reason;
  }
  [[nodiscard]] double unscaled(double length) const { return std::ldexp(length, polygon.exponent); }
};

/// A length that is given in units of the weights.
double scaled(double length, int exponent) {
  return std::clamp(std::ldexp(length, -exponent), DBL_MIN, DBL_MAX);
}

void require_length(std::optional<double> length, const char* what) {
  if (length && !(*length > 0 && std::isfinite(*length)))
    throw ArgumentError(what, {"", what, "a positive finite length in units of the weights, or None",
                               fmt::format("{}", *length), ""});
}

SymbolCurve symbol_curve(py::handle x, std::optional<double> tolerance, std::optional<double> near) {
  require_length(tolerance, "tolerance");
  require_length(near, "near");
  std::vector<double> taps = taps_of(x);
  const bool brief = taps.size() <= 64 && !tolerance;
  return run(brief, [taps = std::move(taps), tolerance, near](const Stop& stop) {
    SymbolCurve curve{analysis::winding_number(taps), {}};
    stop.check();
    analysis::PolygonOptions options;
    if (tolerance) options.scaled_tolerance = scaled(*tolerance, curve.winding.exponent);
    if (near) options.scaled_near = scaled(*near, curve.winding.exponent);
    if (curve.winding.status == IndexStatus::certified) options.scaled_margin = curve.winding.scaled_margin;
    curve.polygon = analysis::symbol_polygon(taps, options);
    return curve;
  });
}

py::array_t<Complex> vertices(const SymbolCurve& c) {
  py::array_t<Complex> result(static_cast<py::ssize_t>(c.polygon.scaled.size()));
  std::ranges::transform(c.polygon.scaled, result.mutable_data(),
                         [&](Complex z) { return Complex(c.unscaled(z.real()), c.unscaled(z.imag())); });
  return result;
}

std::string describe(const SymbolCurve& c) {
  return fmt::format("<SymbolCurve of {} vertices, {}{}>", c.polygon.scaled.size(), c.status(),
                     c.truthful() ? fmt::format(": winding number {}", c.winding.number) : "");
}

}  // namespace

void bind_polygon(py::module_& module) {
  py::class_<SymbolCurve>(
      module, "SymbolCurve",
      "A closed polygon that stands for the curve of a symbol, with what is proven of it.")
      .def("__len__", [](const SymbolCurve& c) { return c.polygon.scaled.size(); })
      .def_property_readonly("vertices", &vertices,
                             "ndarray of complex128: on the curve, in units of the weights; the last is the "
                             "first. inf or rounded where float64 does not hold them: see `scaled`.")
      .def_property_readonly(
          "theta",
          [](const SymbolCurve& c) {
            return py::array_t<double>(static_cast<py::ssize_t>(c.polygon.theta.size()),
                                       c.polygon.theta.data());
          },
          "ndarray of float64: angles of the vertices in radians, ascending from 0 to 2 pi.")
      .def_property_readonly(
          "scaled",
          [](const SymbolCurve& c) {
            return py::array_t<Complex>(static_cast<py::ssize_t>(c.polygon.scaled.size()),
                                        c.polygon.scaled.data());
          },
          "ndarray of complex128: the vertices in units of 2**exponent.")
      .def_property_readonly(
          "exponent", [](const SymbolCurve& c) { return c.polygon.exponent; },
          "int: the largest weight lies in [1/2, 1) times 2**exponent.")
      .def_readonly("winding", &SymbolCurve::winding, "Winding: of the curve, certified.")
      .def_property_readonly(
          "winding_number",
          [](const SymbolCurve& c) {
            return c.truthful() ? std::optional<std::int64_t>(c.winding.number) : std::nullopt;
          },
          "int or None: of the curve and of the polygon; None where that is not established.")
      .def_property_readonly(
          "status", &SymbolCurve::status,
          "str: \"certified\" where the polygon has the curve's winding number N; otherwise "
          "that of the winding, or \"undecided\".")
      .def_property_readonly("reason", &SymbolCurve::reason,
                             "str: what was not reached, and why; empty if all was.")
      .def_property_readonly(
          "distance",
          [](const SymbolCurve& c) {
            return analysis::scale_up(c.polygon.scaled_distance, c.polygon.exponent);
          },
          "float: proven, no point of curve or polygon is farther from the other; in units of the weights.")
      .def_property_readonly(
          "clearance",
          [](const SymbolCurve& c) {
            return analysis::scale_down(c.polygon.scaled_clearance, c.polygon.exponent);
          },
          "float: proven, neither curve nor polygon comes nearer to 0; 0 where nothing is proven.")
      .def_property_readonly(
          "within_tolerance", [](const SymbolCurve& c) { return c.polygon.within_tolerance; },
          "bool: whether `distance` is as small as was asked for.")
      .def("__repr__", &describe);
  module.def("symbol_curve", &symbol_curve, py::arg("taps"), py::arg("tolerance"), py::arg("near"));
}

}  // namespace tmm::python
