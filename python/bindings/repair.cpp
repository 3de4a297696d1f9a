// SPDX-License-Identifier: MIT
#include "analysis/repair/repair.hpp"

#include <fmt/format.h>
#include <pybind11/numpy.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

using analysis::Repair;

Repair repair(py::handle x, const std::string& to, std::uint64_t seed) {
  std::vector<double> taps = taps_of(x);
  analysis::RepairTarget target = analysis::parse_target(to);
  target.seed = seed;
  const bool brief = taps.size() <= 64;
  return run(brief, [taps = std::move(taps), target](const Stop&) { return analysis::repair(taps, target); });
}

std::string describe(const Repair& r) {
  return fmt::format("<Repair: {} zeros reflected out of the disc, {} into it, {} left on the circle>",
                     r.outward, r.inward, r.on_circle);
}

}  // namespace

void bind_repair(py::module_& module) {
  py::class_<Repair>(module, "Repair", "An operator with the same |a| on the unit circle and other zeros.")
      .def_property_readonly(
          "taps",
          [](const Repair& r) {
            py::array_t<double> taps(static_cast<py::ssize_t>(r.reflection.taps.size()));
            std::ranges::copy(r.reflection.taps, taps.mutable_data());
            return taps;
          },
          "ndarray of float64, shape (n,): the new weights; the given ones where nothing is reflected.")
      .def_readonly("before", &Repair::before, "Winding: of the given weights.")
      .def_readonly("outward", &Repair::outward, "int: zeros reflected out of the disc.")
      .def_readonly("inward", &Repair::inward, "int: zeros reflected into the disc.")
      .def_readonly("on_circle", &Repair::on_circle,
                    "int: zeros on the circle, or not to be told from it, which were left.")
      .def_property_readonly(
          "change", [](const Repair& r) { return r.reflection.change; },
          "float: 2-norm of the difference of the weights over that of the given ones.")
      .def_property_readonly(
          "modulus_error", [](const Repair& r) { return r.reflection.modulus_error; },
          "float: largest difference of |a| on a fine grid of the circle over max|a|; numerical.")
      .def_property_readonly(
          "truncated", [](const Repair& r) { return r.reflection.truncated; },
          "float: 1-norm of what lay beyond n weights over max|a|: rounding, and errors of the zeros.")
      .def("__repr__", &describe);
  module.def("repair", &repair, py::arg("taps"), py::arg("to"), py::arg("seed"));
}

}  // namespace tmm::python
