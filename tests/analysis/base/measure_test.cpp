// SPDX-License-Identifier: MIT
#include "analysis/base/measure.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using tmm::analysis::ScaledReal;

TEST_CASE("a scaled real carries values outside the double range") {
  const ScaledReal tiny = ScaledReal::from_binary(1.0, -3322);  // 2^-3322 = 9.5466…e-1001
  CHECK(tiny.exponent == -1001);
  CHECK(tiny.log10() == Approx(-3322 * std::log10(2.0)).epsilon(1e-15));
  CHECK(tiny.to_double() == 0);
  CHECK(ScaledReal::from_binary(-1.0, 4000).to_double() == -HUGE_VAL);
}

TEST_CASE("a scaled real agrees with double inside its range") {
  for (const double x : {1.0, -1.0, 9.999999999999999, 10.0, 0.1, 3.02e-255, 1.7e308, 5e-324}) {
    const ScaledReal s = ScaledReal::from_double(x);
    CHECK(std::fabs(s.mantissa) >= 1);
    CHECK(std::fabs(s.mantissa) < 10);
    CHECK(s.to_double() == Approx(x).epsilon(1e-15));
  }
  CHECK(ScaledReal::from_double(0).to_double() == 0);
  CHECK(std::isinf(ScaledReal::from_double(0).log10()));
}
