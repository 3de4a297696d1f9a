// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <pybind11/complex.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <complex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/analyze.hpp"
#include "analysis/index/jensen.hpp"
#include "analysis/symbol/symbol_values.hpp"
#include "analysis/symbol/zeros.hpp"
#include "model/base/parallel.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

constexpr std::size_t piece = 256;  ///< angles that a thread takes at a time

using analysis::Measure, analysis::Zero, analysis::Zeros;

template <class Type, class Value>
py::array_t<Type> column(const Zeros& zeros, Value value) {
  py::array_t<Type> result(static_cast<py::ssize_t>(zeros.zeros.size()));
  std::ranges::transform(zeros.zeros, result.mutable_data(), value);
  return result;
}

std::string describe(const Zeros& z) {
  return fmt::format("<Zeros: {} and {} at the origin; {} in |z| < 1 by value, {} discs meet the circle>",
                     z.zeros.size(), z.at_origin, z.inside, z.unclear);
}

Zeros zeros(py::handle x) {
  std::vector<double> taps = taps_of(x);
  const bool brief = taps.size() <= 64;
  return run(brief, [taps = std::move(taps)](const Stop&) { return analysis::symbol_zeros(taps); });
}

/// As the measure of this name in reports.
Measure jensen_defect(py::handle x) {
  std::vector<double> taps = taps_of(x);
  const bool brief = taps.size() <= 64;
  return run(brief, [taps = std::move(taps)](const Stop& stop) {
    const analysis::Winding winding = analysis::winding_number(taps);
    stop.check();
    std::optional<Zeros> found;
    if (taps.size() <= analysis::AnalyzeOptions::largest_automatic_zeros)
      found = analysis::symbol_zeros(taps);
    stop.check();
    return analysis::jensen_defect(taps, winding, found ? &*found : nullptr).value.settled();
  });
}

py::array symbol(py::handle x, py::handle angles, std::optional<int> threads) {
  const std::size_t team = team_size(threads);
  std::vector<double> taps = taps_of(x);
  const py::array given = real_array(angles, "theta");
  const std::vector<py::ssize_t> shape(given.shape(), given.shape() + given.ndim());
  const std::vector<double> thetas = doubles_of(given, "theta");
  using Values = std::vector<std::complex<double>>;
  const bool brief = taps.size() * thetas.size() <= std::size_t{1} << 19U;
  const Values values =
      run(brief, [taps = std::move(taps), thetas, team = brief ? 1 : team](const Stop& stop) {
        Values all(thetas.size());
        model::parallel_for((all.size() + piece - 1) / piece, team, [&](std::size_t i, std::size_t) {
          stop.check();
          const std::size_t first = i * piece, count = std::min(piece, all.size() - first);
          analysis::symbol_values(taps, std::span(thetas).subspan(first, count),
                                  std::span(all).subspan(first, count));
        });
        return all;
      });
  py::array_t<std::complex<double>> result(shape);
  std::ranges::copy(values, result.mutable_data());
  return result;
}

}  // namespace

void bind_symbol(py::module_& module) {
  py::class_<Zeros>(module, "Zeros", "Zeros of a symbol, by modulus, each with a disc that holds a true one.")
      .def("__len__", [](const Zeros& z) { return z.zeros.size(); })
      .def_property_readonly(
          "values",
          [](const Zeros& z) { return column<std::complex<double>>(z, [](const Zero& o) { return o.z; }); },
          "ndarray of complex128: without the zeros at the origin.")
      .def_property_readonly(
          "radii", [](const Zeros& z) { return column<double>(z, [](const Zero& o) { return o.radius; }); },
          "ndarray of float64: the disc of this radius about the value holds a true zero.")
      .def_property_readonly(
          "together",
          [](const Zeros& z) {
            return column<std::int64_t>(z,
                                        [](const Zero& o) { return static_cast<std::int64_t>(o.together); });
          },
          "ndarray of int64: how many zeros the cluster holds that this one belongs to; 1 for an isolated "
          "one.")
      .def_readonly("at_origin", &Zeros::at_origin, "int: zeros at 0, one for each leading zero weight.")
      .def_readonly(
          "inside", &Zeros::inside,
          "int: zeros in |z| < 1 by value, those at 0 included: a count in double precision, no proof.")
      .def_readonly("unclear", &Zeros::unclear, "int: discs that meet the unit circle.")
      .def_property_readonly(
          "status",
          [](const Zeros& z) {
            return std::string(name(z.converged ? analysis::Status::numerical : analysis::Status::undecided));
          },
          "str: \"numerical\", or \"undecided\" where the iteration did not settle every zero.")
      .def("__repr__", &describe);
  module.def("zeros", &zeros, py::arg("taps"));
  module.def("jensen_defect", &jensen_defect, py::arg("taps"));
  module.def("symbol", &symbol, py::arg("taps"), py::arg("theta"), py::arg("threads"));
}

}  // namespace tmm::python
