// SPDX-License-Identifier: MIT
#include "analysis/measures/tap_error.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/base/scaled_enclosure.hpp"

namespace tmm::analysis {
namespace {

/// σ of the real numbers from one of the rounded ones.
struct Carried {
  ScaledReal value;
  Status status;
  double relative_error;
};

Carried carried(const ScaledReal& sigma, Status status, double relative_error, double error) {
  const ScaledReal e = ScaledReal::from_double(error);
  if (status == Status::undecided || status == Status::not_defined) return {sigma, status, relative_error};
  const bool bound_only = status == Status::below_precision;
  if (!bound_only && !(relative_error < 1)) return {sigma, Status::undecided, relative_error};
  // In units of the larger of both.
  const ScaledReal& unit = sigma.mantissa == 0 || sigma.log10() < e.log10() ? e : sigma;
  const auto in_units = [&](const ScaledReal& x) {
    return ScaledReal{x.mantissa / unit.mantissa, x.exponent - unit.exponent}.to_double();
  };
  const double value = sigma.mantissa == 0 ? 0 : in_units(sigma), slack = in_units(e) * (1 + 0x1p-49);
  const double own = bound_only ? 0 : value * relative_error / (1 - relative_error);
  const double whole = (own + slack) * (1 + 0x1p-50);
  if (!bound_only && whole < value / 2) return {sigma, status, whole / (value - whole) * (1 + 0x1p-50)};
  ScaledReal bound{(value + whole) * (1 + 0x1p-50) * unit.mantissa, unit.exponent};
  for (; bound.mantissa >= 10; bound.mantissa /= 10) ++bound.exponent;
  bound.mantissa *= 1 + 0x1p-50;
  return {bound, Status::below_precision, HUGE_VAL};
}

}  // namespace

void carry_tap_error(Spectrum& spectrum, double error) {
  if (error == 0) return;
  for (SingularValue& sigma : spectrum.values) {
    const Carried real = carried(sigma.value, sigma.status, sigma.relative_error, error);
    sigma.value = real.value, sigma.status = real.status, sigma.relative_error = real.relative_error;
  }
  // Bounds of what lies below need not fall as the values did.
  std::ranges::stable_sort(spectrum.values, std::greater<>(),
                           [](const SingularValue& sigma) { return sigma.value.log10(); });
  spectrum.exact_zeros = 0;
  spectrum.unresolved = static_cast<std::size_t>(
      std::ranges::count(spectrum.values, Status::below_precision, &SingularValue::status));
  spectrum.sigma_max = spectrum.values.front().value;
}

void carry_tap_error(ExtremeSpectrum& extremes, double error) {
  if (error == 0) return;
  // Of what is only bracketed the upper end is a bound.
  if (extremes.smallest.empty() && extremes.bracket_known)
    extremes.smallest.push_back({extremes.sigma_min_upper, HUGE_VAL, "bracket by the weights of the inverse",
                                 Status::below_precision});
  if (extremes.exact_zeros > 0) {
    const ExtremeValue zero{{}, 0, "leading zero weight", Status::certified};
    extremes.smallest.assign(1, zero);
  }
  for (auto* values : {&extremes.largest, &extremes.smallest})
    for (ExtremeValue& sigma : *values) {
      const Carried real = carried(sigma.value, sigma.status, sigma.relative_error, error);
      sigma.value = real.value, sigma.status = real.status, sigma.relative_error = real.relative_error;
    }
  extremes.exact_zeros = 0;
  extremes.bracket_known = false;
}

Measure carry_tap_error(const Measure& defect, const Winding& winding, double first_tap, double error) {
  if (error == 0 || defect.status == Status::undecided || defect.status == Status::not_defined) return defect;
  if (winding.status != IndexStatus::certified)
    return Measure::undecided("of the rounded taps only: their margin does not exceed their error");
  if (winding.number == 0) return defect;  // 0, whatever the taps are within their error
  if (!(std::fabs(first_tap) > error)) return Measure::undecided("w_0 is not known apart from 0");
  Measure result = defect;
  const double least = winding.scaled_margin, scaled = scale_up(error, -winding.exponent);
  result.error += (std::log1p(scaled / least) - std::log1p(-error / std::fabs(first_tap))) * (1 + 0x1p-40);
  return result;
}

}  // namespace tmm::analysis
