// SPDX-License-Identifier: MIT
#include "analysis/base/measure.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace tmm::analysis {

std::string_view name(Status status) {
  switch (status) {
    case Status::certified:
      return "certified";
    case Status::numerical:
      return "numerical";
    case Status::below_precision:
      return "below precision";
    case Status::undecided:
      return "undecided";
    case Status::not_defined:
      return "not defined";
  }
  return "?";
}

Measure Measure::undecided(std::string why) {
  return {std::numeric_limits<double>::quiet_NaN(), Status::undecided, 0, std::move(why)};
}

Measure Measure::not_defined(std::string why) {
  return {std::numeric_limits<double>::quiet_NaN(), Status::not_defined, 0, std::move(why)};
}

ScaledReal ScaledReal::from_double(double x) {
  return from_binary(x, 0);
}

ScaledReal ScaledReal::from_binary(double m, std::int64_t e) {
  if (m == 0 || !std::isfinite(m)) return {m, 0};
  int shift = 0;
  const long double f = std::frexp(m, &shift);  // m = f·2^shift, ½ ≤ |f| < 1
  // 2^(e+shift) = 10^p with p carried as integer and fraction: 64-bit fractions keep 17 digits for |e| < 1e5.
  const long double p = (static_cast<long double>(e) + shift) * 0.30102999566398119521373889472449303L;
  long double exponent = std::floor(p);
  long double mantissa = f * std::pow(10.0L, p - exponent);
  while (std::fabs(mantissa) < 1) mantissa *= 10, exponent -= 1;
  auto rounded = static_cast<double>(mantissa);
  if (std::fabs(rounded) >= 10) rounded /= 10, exponent += 1;
  return {rounded, static_cast<std::int64_t>(exponent)};
}

double ScaledReal::to_double() const {
  if (exponent > 400) return mantissa > 0 ? HUGE_VAL : -HUGE_VAL;
  if (exponent < -400 || mantissa == 0) return 0;
  return static_cast<double>(static_cast<long double>(mantissa) * std::pow(10.0L, exponent));
}

double ScaledReal::log10() const {
  return mantissa == 0 ? -HUGE_VAL : std::log10(std::fabs(mantissa)) + static_cast<double>(exponent);
}

}  // namespace tmm::analysis
