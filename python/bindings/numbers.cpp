// SPDX-License-Identifier: MIT
#include "python/bindings/numbers.hpp"

#include <fmt/format.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>

#include "analysis/index/winding.hpp"
#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"

namespace tmm::python {
namespace {

using analysis::IndexStatus, analysis::Winding;

std::optional<std::int64_t> number(const Winding& w) {
  return w.status == IndexStatus::certified ? std::optional(w.number) : std::nullopt;
}

std::optional<std::int64_t> fredholm_index(const Winding& w) {
  return w.status == IndexStatus::certified ? std::optional(-w.number) : std::nullopt;
}

/// The proven bounds of N; none for a = 0.
std::optional<std::int64_t> bound(const Winding& w, std::int64_t value) {
  return w.lowest > w.highest ? std::nullopt : std::optional(value);
}

py::dict certificate(const Winding& w) {
  const auto& c = w.certificate;
  py::dict fields;
  fields["root_arcs"] = c.root_arcs;
  fields["arcs"] = c.arcs;
  fields["disc_tests"] = c.disc_tests;
  fields["line_tests"] = c.line_tests;
  fields["extended_arcs"] = c.extended_arcs;
  fields["depth"] = c.depth;
  fields["bits"] = c.bits;
  fields["sign_at_one"] = c.sign_at_one;
  fields["sign_at_minus_one"] = c.sign_at_minus_one;
  return fields;
}

std::string describe(const Winding& w) {
  switch (w.status) {
    case IndexStatus::certified:
      return fmt::format("<Winding {}, certified: margin {:.3g}, radius {:.3g}>", w.number, w.margin,
                         w.radius);
    case IndexStatus::undecided:
      return fmt::format("<Winding undecided, {} to {}: {}>", w.lowest, w.highest, w.reason);
    default:
      return fmt::format("<Winding none, {}: {}>", name(w.status), w.reason);
  }
}

constexpr const char* winding_doc =
    R"(Winding number of a symbol about 0 along the unit circle, with its proof.

What :func:`winding_number` returns.)";

constexpr const char* winding_number_doc =
    R"(Certified winding number of the symbol of a causal Toeplitz operator.

The symbol is a(z) = sum_k w_k z^k, its winding number N about 0 along |z| = 1 the number of its zeros in
|z| < 1; the Fredholm index of T(a) is -N. The symbol z has N = 1.

Parameters
----------
taps : array_like, shape (n,) or (1, n)
    Weights w_0 ... w_{n-1}: real numbers of any type that float64 holds. Read exactly, copied once.

Returns
-------
Winding
    The number with its status: "certified"; "not Fredholm", where a zero lies on the circle; "undecided".

Raises
------
ArgumentError
    No real numbers, another shape, no tap, or one that is not finite.

Notes
-----
Taylor jets of the centred symbol by FFT prove on each arc of the circle that the curve stays in a half-plane
without 0; ball arithmetic (Arb) decides where double precision does not. I. Gohberg and M. G. Krein, Uspekhi Mat.
Nauk 12 (1957), for the index.

Examples
--------
>>> import tmm
>>> tmm.winding_number([1, 2.5, 1]).number
1
)";

void bind_winding(py::module_& module) {
  py::class_<Winding>(module, "Winding", winding_doc)
      .def_property_readonly("number", &number,
                             "int or None: N, the number of zeros in |z| < 1; None unless certified.")
      .def_property_readonly("fredholm_index", &fredholm_index, "int or None: -N.")
      .def_property_readonly(
          "status", [](const Winding& w) { return std::string(name(w.status)); },
          "str: \"certified\", \"not Fredholm\", \"undecided\" or \"not defined\" (no Toeplitz operator).")
      .def_property_readonly(
          "lowest", [](const Winding& w) { return bound(w, w.lowest); },
          "int or None: proven lower bound of the number of zeros in |z| < 1; None for a = 0.")
      .def_property_readonly(
          "highest", [](const Winding& w) { return bound(w, w.highest); },
          "int or None: proven upper bound of the number of zeros in |z| < 1; None for a = 0.")
      .def_readonly("margin", &Winding::margin,
                    "float: proven lower bound of min |a| on the circle, in units of the weights; 0 unless "
                    "certified. No change of the weights with a smaller sum of moduli changes N (Rouche).")
      .def_readonly("margin_upper", &Winding::margin_upper, "float: proven upper bound of min |a|.")
      .def_readonly(
          "radius", &Winding::radius,
          "float: proven lower bound of the 2-norm of a real change of the weights that changes N, in "
          "units of the weights; 0 unless certified.")
      .def_readonly("closest_theta", &Winding::closest_theta,
                    "float: angle in [0, pi], in radians, at which |a| takes `margin_upper`.")
      .def_readonly("reason", &Winding::reason, "str: why there is no number, or how it was found otherwise.")
      .def_property_readonly(
          "certificate", &certificate,
          "dict: what was proven and how: arcs on the half circle, tests, depth, bits, signs.")
      .def("__repr__", &describe);
  module.def(
      "winding_number",
      [](py::handle taps) {
        return run([taps = taps_of(taps)](const Stop&) { return analysis::winding_number(taps); });
      },
      py::arg("taps"), winding_number_doc);
}

}  // namespace

void bind_numbers(py::module_& module) {
  bind_winding(module);
}

}  // namespace tmm::python
