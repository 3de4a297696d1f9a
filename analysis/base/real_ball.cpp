// SPDX-License-Identifier: MIT
#include "analysis/base/real_ball.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tmm::analysis {
namespace {

constexpr slong bits = 128;

RealBall power_of_ten(std::int64_t e) {
  RealBall ten(10), result;
  fmpz_t exponent;
  fmpz_init_set_si(exponent, e);
  arb_pow_fmpz(result, ten, exponent, bits);
  fmpz_clear(exponent);
  return result;
}

}  // namespace

RealBall RealBall::between(double lower, double upper, long exponent) {
  RealBall ball;
  const RealBall low(lower), high(upper);
  arb_union(ball.x_, low.x_, high.x_, bits);
  arb_mul_2exp_si(ball.x_, ball.x_, exponent);
  return ball;
}

RealBall RealBall::of(const ScaledReal& value) {
  RealBall ball(value.mantissa);
  if (value.exponent != 0) arb_mul(ball.x_, ball.x_, power_of_ten(value.exponent).x_, bits);
  return ball;
}

double RealBall::lower() const {
  arf_t end;
  arf_init(end);
  arb_get_lbound_arf(end, x_, 64);
  const double result = arf_get_d(end, ARF_RND_FLOOR);
  arf_clear(end);
  return result;
}

double RealBall::upper() const {
  arf_t end;
  arf_init(end);
  arb_get_ubound_arf(end, x_, 64);
  const double result = arf_get_d(end, ARF_RND_CEIL);
  arf_clear(end);
  return result;
}

namespace {

/// |value/x − 1| and |1 − x/value| for all x of the ball.
double distance(const RealBall& ball, const ScaledReal& value) {
  const RealBall given = RealBall::of(value);
  RealBall error;
  double bound = 0;
  for (const bool inverse : {false, true}) {
    arb_div(error, inverse ? ball : given, inverse ? given : ball, bits);
    arb_sub_ui(error, error, 1, bits);
    bound = std::max({bound, std::fabs(error.lower()), std::fabs(error.upper())});
  }
  return bound;
}

/// A number in decimal, within conversion_error().
ScaledReal decimal(const arf_t x) {
  arf_t mantissa;
  fmpz_t exponent;
  arf_init(mantissa);
  fmpz_init(exponent);
  arf_frexp(mantissa, exponent, x);
  const auto result = ScaledReal::from_binary(arf_get_d(mantissa, ARF_RND_NEAR),
                                              static_cast<std::int64_t>(fmpz_get_si(exponent)));
  arf_clear(mantissa);
  fmpz_clear(exponent);
  return result;
}

}  // namespace

ScaledBound scaled_bound(const RealBall& ball, const ScaledReal& value) {
  const ScaledReal inside = arb_overlaps(ball, RealBall::of(value))
                                ? value
                                : decimal(arb_midref(static_cast<const arb_struct*>(ball)));
  // And what to_double() rounds.
  return {inside, distance(ball, inside) * (1 + 0x1p-40) + 0x1p-50};
}

ScaledReal upper_end(const RealBall& ball) {
  arf_t end;
  arf_init(end);
  arb_get_ubound_arf(end, ball, 64);
  ScaledReal result = decimal(end);
  arf_clear(end);
  while (arb_ge(RealBall::of(result), ball) == 0) {
    result.mantissa *= 1 + conversion_error(result);
    if (result.mantissa >= 10) result = {result.mantissa / 10, result.exponent + 1};
  }
  return result;
}

Measure certified(const RealBall& ball, std::string method) {
  const double value = arf_get_d(arb_midref(static_cast<const arb_struct*>(ball)), ARF_RND_NEAR);
  const RealBall middle(value);
  RealBall error;
  arb_sub(error, ball, middle, bits);
  const double bound = std::max(std::fabs(error.lower()), std::fabs(error.upper()));
  if (!std::isfinite(value) || !std::isfinite(bound))
    return Measure::undecided("no finite enclosure: " + method);
  return {value, Status::certified, bound, std::move(method)};
}

}  // namespace tmm::analysis
