// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/base/arb.hpp"
#include "analysis/base/measure.hpp"

namespace tmm::analysis {

/// A real ball (Arb): what is computed with it is proven. Owns its memory.
class RealBall {
 public:
  RealBall() { arb_init(x_); }
  explicit RealBall(double x) : RealBall() { arb_set_d(x_, x); }
  RealBall(const RealBall& other) : RealBall() { arb_set(x_, other.x_); }
  RealBall(RealBall&& other) noexcept : RealBall() { arb_swap(x_, other.x_); }
  RealBall& operator=(RealBall other) {
    arb_swap(x_, other.x_);
    return *this;
  }
  ~RealBall() { arb_clear(x_); }

  operator arb_struct*() { return x_; }
  operator const arb_struct*() const { return x_; }

  /// All numbers between the ends, lower ≤ upper and both finite, times 2^exponent.
  static RealBall between(double lower, double upper, long exponent = 0);
  /// The exact value of mantissa·10^exponent, to 128 bits.
  static RealBall of(const ScaledReal& value);

  [[nodiscard]] bool is_positive() const { return arb_is_positive(x_) != 0; }
  /// Doubles at most and at least as large as every number of the ball; ±∞ beyond their range.
  [[nodiscard]] double lower() const;
  [[nodiscard]] double upper() const;

 private:
  arb_t x_;
};

/// A number in decimal and a proven bound of |value − x|/min(|x|, |value|) for every x of the ball.
struct ScaledBound {
  ScaledReal value;
  double relative_error = 0;
};

/// `value` if the ball, which must be positive, holds it, else its middle.
ScaledBound scaled_bound(const RealBall& ball, const ScaledReal& value);

/// A number at least as large as every one of the ball, which must be finite: rounded up.
ScaledReal upper_end(const RealBall& ball);

/// The middle of a ball as a double, certified with its error; undecided if the ball is not finite or no
/// finite double encloses it.
Measure certified(const RealBall& ball, std::string method);

}  // namespace tmm::analysis
