// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tmm::analysis {

/// How a number is known. Every printed number carries one of these.
enum class Status {
  certified,        ///< proven: interval or exact arithmetic, or a count with a certificate
  numerical,        ///< floating-point result with the stated error estimate
  below_precision,  ///< only a bound is known; `value` is that bound, never shown as the quantity itself
  undecided,        ///< the method ended without an answer
  not_defined       ///< the quantity does not exist here (condition number of a singular operator, …)
};

std::string_view name(Status status);

/// A real number with its provenance. One rule holds for what is not finite, in every measure of a report and
/// in every format (settled() enforces it, io/report/analysis_report.hpp says how formats write it):
///   certified, numerical   `value` is finite and 0 ≤ `error` < ∞; or `value` is ±∞, certified, with error 0,
///   where
///                          the quantity itself is infinite (the condition number of a singular operator);
///   below_precision        the bound is finite;
///   undecided, not_defined `value` is NaN. A quantity beyond the range of double is not defined as a double:
///   its
///                          logarithm, or mantissa and exponent, stand beside it.
struct Measure {
  double value;
  Status status = Status::undecided;
  double error = 0;    ///< bound (certified) or estimate (numerical) of |value − truth|, absolute
  std::string method;  ///< a few words: how it was obtained
  /// For below_precision: on which side of the quantity `value` lies. A condition number has a lower bound
  /// where its smallest singular value has an upper one.
  enum class Bound { upper, lower } bound = Bound::upper;

  static Measure undecided(std::string why);
  static Measure not_defined(std::string why);

  /// The measure as the rule wants it: an infinity that came from overflow is not defined, a number without a
  /// finite error and a bound that is not finite are undecided, each with what went wrong in `method`.
  [[nodiscard]] Measure settled() const;
};

/// A real number mantissa · 10^exponent with 1 ≤ |mantissa| < 10, or 0: singular values of real layers lie
/// far outside the range of double (1e-343 has been met at n = 256).
struct ScaledReal {
  double mantissa = 0;
  std::int64_t exponent = 0;

  static ScaledReal from_double(double x);
  /// Value m·2^e for any m and e, right within conversion_error().
  static ScaledReal from_binary(double m, std::int64_t e);
  /// The value if it is a normal double or zero; 0 or ±∞ beyond that range.
  [[nodiscard]] double to_double() const;
  /// Whether double holds the value: 0 or a normal number.
  [[nodiscard]] bool fits_double() const;
  [[nodiscard]] double log10() const;  ///< log10|x|; −∞ for zero
};

/// Bound of the relative error of a scaled real that was made of a double or long double, and of the absolute
/// rounding error of its log10() next to 1 (the other one is 2^−52 |log10|): 4·2^−52, and more where the
/// exponent has many digits.
double conversion_error(const ScaledReal& value);

}  // namespace tmm::analysis
