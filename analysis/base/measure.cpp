// SPDX-License-Identifier: MIT
#include "analysis/base/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
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

Measure Measure::settled() const {
  const bool infinite = std::isinf(value);
  switch (status) {
    case Status::certified:
    case Status::numerical:
      if (infinite && status == Status::certified && error == 0) return *this;
      if (infinite) return not_defined("outside the range of double: " + method);
      if (std::isnan(value)) return undecided("no number: " + method);
      return error >= 0 && std::isfinite(error) ? *this : undecided("no finite error is known: " + method);
    case Status::below_precision:
      return std::isfinite(value) ? *this : undecided("no finite bound is known: " + method);
    case Status::undecided:
      return undecided(method);
    case Status::not_defined:
      return not_defined(method);
  }
  return *this;
}

namespace {

/// f(k) for −reach ≤ k ≤ reach from a table, made at the first call.
template <class Value, int reach>
class IntegerTable {
 public:
  template <class Function>
  explicit IntegerTable(const Function& f) {
    for (int k = -reach; k <= reach; ++k) values_[static_cast<std::size_t>(k + reach)] = f(k);
  }
  static bool holds(std::int64_t k) { return k >= -reach && k <= reach; }
  const Value& operator[](std::int64_t k) const { return values_[static_cast<std::size_t>(k + reach)]; }

 private:
  std::array<Value, 2 * reach + 1> values_{};
};

struct DecimalPower {
  long double mantissa, exponent;  // mantissa·10^exponent, mantissa in [1, 10), the exponent whole
};

/// 2^e = 10^p with p in 64 bits: 17 digits for |e| < 1e3, fewer beyond (conversion_error).
DecimalPower computed_power_of_two(long double e) {
  const long double p = e * 0.30102999566398119521373889472449303L, exponent = std::floor(p);
  return {std::pow(10.0L, p - exponent), exponent};
}

/// The same. Nearly all values that are met lie within the range of double.
DecimalPower power_of_two(std::int64_t e) {
  static const IntegerTable<DecimalPower, 1200> table(
      [](int k) { return computed_power_of_two(static_cast<long double>(k)); });
  return table.holds(e) ? table[e] : computed_power_of_two(static_cast<long double>(e));
}

/// 10^e for |e| ≤ 400.
long double power_of_ten(std::int64_t e) {
  static const IntegerTable<long double, 400> table(
      [](int k) { return std::pow(10.0L, static_cast<long double>(k)); });
  return table[e];
}

}  // namespace

ScaledReal ScaledReal::from_double(double x) {
  return from_binary(x, 0);
}

ScaledReal ScaledReal::from_binary(double m, std::int64_t e) {
  if (m == 0 || !std::isfinite(m)) return {m, 0};
  int shift = 0;
  const long double f = std::frexp(m, &shift);  // m = f·2^shift, ½ ≤ |f| < 1
  auto [power, exponent] = power_of_two(e + shift);
  long double mantissa = f * power;
  while (std::fabs(mantissa) < 1) mantissa *= 10, exponent -= 1;
  auto rounded = static_cast<double>(mantissa);
  if (std::fabs(rounded) >= 10) rounded /= 10, exponent += 1;
  return {rounded, static_cast<std::int64_t>(exponent)};
}

double ScaledReal::to_double() const {
  if (exponent > 400) return mantissa > 0 ? HUGE_VAL : -HUGE_VAL;
  if (exponent < -400 || mantissa == 0) return 0;
  return static_cast<double>(static_cast<long double>(mantissa) * power_of_ten(exponent));
}

bool ScaledReal::fits_double() const {
  const double x = to_double();
  return mantissa == 0 || std::isnormal(x);
}

double ScaledReal::log10() const {
  return mantissa == 0 ? -HUGE_VAL : std::log10(std::fabs(mantissa)) + static_cast<double>(exponent);
}

double conversion_error(const ScaledReal& value) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  // The exponent in base 2 has gone through a long double, a few times.
  return std::max(4 * epsilon, 2 * epsilon + 1e-18 * std::fabs(static_cast<double>(value.exponent)));
}

}  // namespace tmm::analysis
