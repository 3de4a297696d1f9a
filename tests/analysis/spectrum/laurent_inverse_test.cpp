// SPDX-License-Identifier: MIT
#include "analysis/spectrum/laurent_inverse.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using tmm::analysis::laurent_inverse, tmm::analysis::polish_zero, tmm::analysis::SymbolZero;
using Taps = std::vector<long double>;

namespace {

constexpr std::size_t n = 40;

// (1 − 2z)(1 − z/3) with zeros ½ and 3, padded to n taps. 1/a = (6/5)/(1 − 2z) − (1/5)/(1 − z/3), so on ½ <
// |z| < 3
//   c_m = −(6/5) 2^m for m < 0,  c_m = −(1/5) 3^−m for m ≥ 0.
Taps example() {
  Taps taps(n);
  taps[0] = 1, taps[1] = -7.0L / 3, taps[2] = 2.0L / 3;
  return taps;
}

double exact(int m) {
  return m < 0 ? -1.2 * std::exp2(m) : -0.2 * std::pow(3.0, -m);
}

}  // namespace

TEST_CASE("the Laurent coefficients of 1/a between its zeros") {
  const Taps taps = example();
  const std::vector<SymbolZero> inside{*polish_zero(taps, {0.51, 0})}, outside{*polish_zero(taps, {2.9, 0})};
  for (const double radius : {0.55, 1.0, 2.5}) {
    for (const std::size_t samples : {2U, 16U}) {  // two a tap alias visibly unless known zeros are removed
      CAPTURE(radius, samples);
      const auto laurent = laurent_inverse(taps, radius, inside, outside, samples);
      REQUIRE(laurent);
      REQUIRE(laurent->scaled.size() == 2 * n - 1);
      for (int m = 1 - static_cast<int>(n); m < static_cast<int>(n); ++m)
        CHECK(std::abs(laurent->scaled[static_cast<std::size_t>(m + static_cast<int>(n) - 1)] -
                       exact(m) * std::pow(radius, m)) <= 1e-15 + 4 * laurent->error);
    }
  }
}

TEST_CASE("a missing zero, a zero too many and a wrong residue are noticed") {
  const Taps taps = example();
  const std::vector<SymbolZero> inner{*polish_zero(taps, {0.51, 0})};
  const SymbolZero outer = *polish_zero(taps, {2.9, 0});
  CHECK(laurent_inverse(taps, 1, inner, {}));
  CHECK_FALSE(laurent_inverse(taps, 1, {}, {}));
  CHECK_FALSE(laurent_inverse(taps, 1, std::vector{inner[0], outer}, {}));
  CHECK_FALSE(laurent_inverse(taps, 4, inner, {}));  // the circle has passed the second zero
  std::vector<SymbolZero> wrong = inner;
  wrong[0].residue *= 1 + 1e-9L;
  CHECK_FALSE(laurent_inverse(taps, 1, wrong, {}));
  wrong = inner;
  wrong[0].z *= 1 + 1e-9L;
  CHECK_FALSE(laurent_inverse(taps, 1, wrong, {}));
}
