// SPDX-License-Identifier: MIT
#include "analysis/base/real_ball.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace tmm::analysis;

TEST_CASE("a ball of a decimal holds it, and what double cannot") {
  const RealBall half = RealBall::of({5, -1});
  CHECK(half.lower() <= 0.5);
  CHECK(half.upper() >= 0.5);
  CHECK(half.upper() - half.lower() <= 4e-16);
  const RealBall tiny = RealBall::of({1.5, -5000});
  CHECK(tiny.is_positive());
  RealBall product = RealBall::of({2, 5000});
  arb_mul(product, product, tiny, 128);
  CHECK(std::fabs(product.upper() - 3) <= 1e-15);
}

TEST_CASE("a bound of a ball covers both of its ends, from the given number or from the middle") {
  const RealBall ball = RealBall::between(2.0, 2.5);
  const ScaledBound inside = scaled_bound(ball, {2.2, 0});
  CHECK(inside.value.mantissa == 2.2);
  CHECK(inside.relative_error >= (2.5 - 2.2) / 2.2);
  CHECK(inside.relative_error <= 0.14);
  const ScaledBound outside = scaled_bound(ball, {3, 0});
  CHECK(std::fabs(outside.value.mantissa - 2.25) <= 1e-12);
  CHECK(outside.relative_error >= 0.125);
}

TEST_CASE("an upper end is at least every number of the ball") {
  for (const int exponent : {-4000, -10, 0, 3000}) {
    const RealBall ball = RealBall::between(1.0, 1.9, exponent);
    const RealBall end = RealBall::of(upper_end(ball));
    CHECK(arb_ge(end, ball) != 0);
    RealBall excess = end;
    arb_sub(excess, excess, RealBall::between(1.9, 1.9, exponent), 128);
    arb_mul_2exp_si(excess, excess, -exponent);
    CHECK(excess.upper() <= 1e-8);  // a radius has 30 bits
  }
}

TEST_CASE("a certified measure of a ball is its middle with an error that covers it, or undecided") {
  const Measure m = certified(RealBall::between(1, 3), "test");
  CHECK(m.status == Status::certified);
  CHECK(std::fabs(m.value - 2) <= 1e-8);
  CHECK(m.error >= 1 - 1e-8);
  CHECK(m.error <= 1 + 1e-8);
  RealBall nothing;
  arb_indeterminate(nothing);
  CHECK(certified(nothing, "test").status == Status::undecided);
}
