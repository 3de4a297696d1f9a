// SPDX-License-Identifier: MIT
#include "analysis/spectrum/spectrum.hpp"

#include <fmt/format.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "python/bindings/arrays.hpp"
#include "python/bindings/calls.hpp"
#include "python/bindings/numbers.hpp"

namespace tmm::python {
namespace {

using analysis::IdentityCheck, analysis::ScaledReal, analysis::SingularValue, analysis::Spectrum,
    analysis::Status;

bool bound_only(const SingularValue& sigma) {
  return sigma.status == Status::below_precision;
}

std::optional<double> as_double(const ScaledReal& x) {
  return x.fits_double() ? std::optional(x.to_double()) : std::nullopt;
}

std::optional<double> value(const SingularValue& sigma) {
  return bound_only(sigma) ? std::nullopt : as_double(sigma.value);
}

std::optional<double> upper_bound(const SingularValue& sigma) {
  return bound_only(sigma) ? as_double(sigma.value) : std::nullopt;
}

std::optional<double> log10(const SingularValue& sigma) {
  return bound_only(sigma) ? std::nullopt : std::optional(sigma.value.log10());
}

std::string text(const ScaledReal& x) {
  return x.mantissa == 0 ? "0" : fmt::format("{:.10g}e{}", x.mantissa, x.exponent);
}

std::string describe(const SingularValue& sigma) {
  return fmt::format("<SingularValue {}{}, {}: relative error {:.2g}>", bound_only(sigma) ? "at most " : "",
                     text(sigma.value), name(sigma.status), sigma.relative_error);
}

std::string describe_spectrum(const Spectrum& s) {
  return fmt::format("<SingularValues of n = {}: {} to {}, {} zero exactly, {} unresolved>", s.values.size(),
                     text(s.values.front().value), text(s.values.back().value), s.exact_zeros, s.unresolved);
}

/// One number of each value; what is none becomes NaN.
template <class Number>
py::array_t<double> column(const Spectrum& s, Number number) {
  py::array_t<double> result(static_cast<py::ssize_t>(s.values.size()));
  double* out = result.mutable_data();
  for (const SingularValue& sigma : s.values)
    *out++ = std::optional<double>(number(sigma)).value_or(std::numeric_limits<double>::quiet_NaN());
  return result;
}

template <class Text>
std::vector<std::string> texts(const Spectrum& s, Text text_of) {
  std::vector<std::string> result;
  for (const SingularValue& sigma : s.values) result.emplace_back(text_of(sigma));
  return result;
}

py::array_t<std::int64_t> exponents(const Spectrum& s) {
  py::array_t<std::int64_t> result(static_cast<py::ssize_t>(s.values.size()));
  std::int64_t* out = result.mutable_data();
  for (const SingularValue& sigma : s.values) *out++ = sigma.value.exponent;
  return result;
}

py::dict identity(const IdentityCheck& check) {
  py::dict fields;
  fields["identity"] = check.identity;
  fields["outcome"] = std::string(name(check.outcome));
  fields["expected"] = check.expected;
  fields["found"] = check.found;
  fields["tolerance"] = check.tolerance;
  return fields;
}

const SingularValue& at(const Spectrum& s, py::ssize_t i) {
  const auto n = static_cast<py::ssize_t>(s.values.size());
  if (i < -n || i >= n) throw py::index_error(fmt::format("{} of {} singular values", i, n));
  return s.values[static_cast<std::size_t>(i < 0 ? i + n : i)];
}

Spectrum singular_values(py::handle x, bool vanishing, bool certify) {
  std::vector<double> taps = taps_of(x);
  const bool brief = taps.size() <= 64;
  return run(brief, [taps = std::move(taps), vanishing, certify](const Stop&) {
    const BlasTurn turn;
    return analysis::singular_spectrum(taps, {vanishing, certify});
  });
}

void bind_value(py::module_& module) {
  py::class_<SingularValue>(module, "SingularValue", "One singular value: mantissa * 10**exponent.")
      .def_property_readonly(
          "value", &value,
          "float or None: None where only a bound is known, and where float64 does not hold it.")
      .def_property_readonly("log10", &log10,
                             "float or None: decimal logarithm; None where only a bound is known.")
      .def_property_readonly(
          "mantissa", [](const SingularValue& s) { return s.value.mantissa; },
          "float: 1 <= mantissa < 10, or 0. Of the bound where only that is known.")
      .def_property_readonly(
          "exponent", [](const SingularValue& s) { return s.value.exponent; },
          "int: decimal exponent. Of the bound where only that is known.")
      .def_property_readonly("upper_bound", &upper_bound, "float or None: where nothing else is known.")
      .def_property_readonly(
          "status", [](const SingularValue& s) { return std::string(name(s.status)); },
          "str: \"certified\", \"numerical\", \"below precision\" (a bound only) or \"undecided\".")
      .def_readonly("error", &SingularValue::relative_error,
                    "float: bound of |value - truth|/truth; inf where only a bound is known.")
      .def_property_readonly(
          "method", [](const SingularValue& s) { return std::string(name(s.method)); },
          "str: how it was found.")
      .def("__repr__", &describe);
}

}  // namespace

void bind_spectrum(py::module_& module) {
  bind_value(module);
  py::class_<Spectrum>(module, "SingularValues",
                       "The n singular values of a Toeplitz matrix, descending: a sequence of SingularValue.")
      .def("__len__", [](const Spectrum& s) { return s.values.size(); })
      .def("__getitem__", &at)
      .def_property_readonly(
          "values", [](const Spectrum& s) { return column(s, value); },
          "ndarray of float64, shape (n,): NaN where only a bound is known, and where float64 does not hold "
          "the "
          "value (see log10).")
      .def_property_readonly(
          "log10", [](const Spectrum& s) { return column(s, log10); },
          "ndarray of float64, shape (n,): decimal logarithms, -inf for 0, NaN where only a bound is known.")
      .def_property_readonly(
          "mantissa",
          [](const Spectrum& s) { return column(s, [](const auto& v) { return v.value.mantissa; }); },
          "ndarray of float64, shape (n,): of the bound where only that is known.")
      .def_property_readonly("exponent", &exponents,
                             "ndarray of int64, shape (n,): of the bound where only that is known.")
      .def_property_readonly(
          "error",
          [](const Spectrum& s) { return column(s, [](const auto& v) { return v.relative_error; }); },
          "ndarray of float64, shape (n,): relative errors, inf where only a bound is known.")
      .def_property_readonly(
          "status", [](const Spectrum& s) { return texts(s, [](const auto& v) { return name(v.status); }); },
          "list of str, n of them.")
      .def_property_readonly(
          "methods", [](const Spectrum& s) { return texts(s, [](const auto& v) { return name(v.method); }); },
          "list of str, n of them.")
      .def_readonly("method", &Spectrum::method, "str: how the spectrum was found, in one line.")
      .def_property_readonly(
          "log10_floor", [](const Spectrum& s) { return s.floor.log10(); },
          "float: decimal logarithm of max(n, 32) * 2**-52 * sigma_max, below which LAPACK resolves nothing.")
      .def_readonly("exact_zeros", &Spectrum::exact_zeros, "int: values that are 0 exactly.")
      .def_readonly("unresolved", &Spectrum::unresolved, "int: values of which only a bound is known.")
      .def_property_readonly(
          "identities",
          [](const Spectrum& s) {
            return std::vector{identity(s.frobenius), identity(s.determinant)};
          },
          "list of dict: identities that the values must satisfy, and whether they do.")
      .def("__repr__", &describe_spectrum);
  module.def("singular_values", &singular_values, py::arg("taps"), py::arg("vanishing"), py::arg("certify"));
}

}  // namespace tmm::python
