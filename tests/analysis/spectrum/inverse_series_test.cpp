// SPDX-License-Identifier: MIT
#include "analysis/spectrum/inverse_series.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace tmm::analysis;

TEST_CASE("the inverse series of 1 - 4z is 4^k, to the precision asked for") {
  const std::vector<long double> taps{1, -4, 0, 0, 0, 0};
  BallSeries inverse;
  invert_series(inverse, taps, 100);
  for (slong k = 0; k < 6; ++k)
    CHECK(arb_contains_si(arb_poly_get_coeff_ptr(inverse.get(), k), static_cast<slong>(std::pow(4, k))));
  const SeriesSize size = size_of(inverse);
  CHECK(size.largest == Approx(10).margin(1e-6));  // 4^5, as an upper bound
  CHECK(size.largest >= 10);
  CHECK(size.radius < -80);
}

TEST_CASE("taps beyond the double range and of 64 bits enter exactly") {
  const std::vector<long double> taps{1 + std::ldexp(1.0L, -63), std::ldexp(1.0L, -4000)};
  BallSeries series;
  set_series(series, taps);
  CHECK(arb_poly_length(series.get()) == 2);
  CHECK(std::isinf(size_of(series).radius));
  arb_t x;
  arb_init(x);
  arb_set_si(x, 1);
  arb_mul_2exp_si(x, x, -63);
  arb_add_si(x, x, 1, ARF_PREC_EXACT);
  CHECK(arb_equal(x, arb_poly_get_coeff_ptr(series.get(), 0)));
  arb_set_si(x, 1);
  arb_mul_2exp_si(x, x, -4000);
  CHECK(arb_equal(x, arb_poly_get_coeff_ptr(series.get(), 1)));
  arb_clear(x);
}
