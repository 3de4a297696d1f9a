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

/// A real number with its provenance. `value` may be ±∞ where the quantity is; it is NaN for undecided and
/// not_defined.
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
};

/// A real number mantissa · 10^exponent with 1 ≤ |mantissa| < 10, or 0: singular values of real layers lie
/// far outside the range of double (1e-343 has been met at n = 256).
struct ScaledReal {
  double mantissa = 0;
  std::int64_t exponent = 0;

  static ScaledReal from_double(double x);
  /// Value m·2^e for any m and e.
  static ScaledReal from_binary(double m, std::int64_t e);
  /// The value if it is a normal double or zero; 0 or ±∞ beyond that range.
  [[nodiscard]] double to_double() const;
  [[nodiscard]] double log10() const;  ///< log10|x|; −∞ for zero
};

}  // namespace tmm::analysis
