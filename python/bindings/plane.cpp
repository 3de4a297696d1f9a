// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/pseudospectra/plane.hpp"
#include "io/report/plane_json.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

namespace py = pybind11;
using analysis::Plane, analysis::PlaneGrid;

py::array_t<double> line(const std::vector<double>& values) {
  return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

py::array_t<double> table(const Plane& plane, const std::vector<double>& values) {
  const std::vector<py::ssize_t> shape{static_cast<py::ssize_t>(plane.y.size()),
                                       static_cast<py::ssize_t>(plane.x.size())};
  return py::array_t<double>(shape, values.data());
}

py::dict points_of(const Plane& plane) {
  py::dict points;
  for (const auto& [measure, point] : plane.points) points[py::str(measure)] = point;
  return points;
}

py::list regions_of(const Plane& plane) {
  py::list regions;
  for (const analysis::PlaneRegion& region : analysis::plane_regions(plane))
    regions.append(py::make_tuple(region.winding_number, region.label, region.points));
  return regions;
}

Plane pseudospectra(py::handle x, std::size_t columns, std::size_t rows, std::optional<int> threads) {
  const std::size_t team = team_size(threads);
  std::vector<double> taps = taps_of(x);
  return run([taps = std::move(taps), grid = PlaneGrid{columns, rows}, team](const Stop&) {
    const BlasTurn turn;
    return analysis::resolvent_plane(taps, grid, {.threads = team});
  });
}

}  // namespace

void bind_plane(py::module_& module) {
  py::class_<Plane>(module, "Plane",
                    "The upper half plane of lambda about one operator; the lower half mirrors it.")
      .def_property_readonly(
          "x", [](const Plane& p) { return line(p.x); }, "ndarray of float64: Re lambda, columns.")
      .def_property_readonly(
          "y", [](const Plane& p) { return line(p.y); }, "ndarray of float64: Im lambda, rows, from 0.")
      .def_property_readonly(
          "log10_resolvent", [](const Plane& p) { return table(p, p.log10_resolvent); },
          "ndarray of float64, shape (rows, columns): log10 of the norm of (T_n - lambda)^-1; NaN where only "
          "a bracket is known, inf at lambda = w_0.")
      .def_property_readonly(
          "relative_error", [](const Plane& p) { return table(p, p.relative_error); },
          "ndarray of float64, shape (rows, columns): estimate of |value - norm|/norm; NaN likewise.")
      .def_property_readonly(
          "winding_number", [](const Plane& p) { return table(p, io::winding_numbers(p)); },
          "ndarray of float64, shape (rows, columns): N(lambda), certified; the index of T(a) - lambda is "
          "-N. "
          "NaN on the curve and where it is undecided.")
      .def_property_readonly("regions", &regions_of,
                             "list of (int, complex, int): winding number of a region, a point deep inside, "
                             "and how many points of the grid it has; the largest first.")
      .def_property_readonly("points", &points_of,
                             "dict of str to complex: where measures of the plane were found.")
      .def("__repr__", [](const Plane& p) {
        return fmt::format("<Plane: {} x {} points, |Re| <= {:.4g}>", p.x.size(), p.y.size(), p.x.back());
      });
  module.def("pseudospectra", &pseudospectra, py::arg("taps"), py::arg("columns"), py::arg("rows"),
             py::arg("threads"));
}

}  // namespace tmm::python
