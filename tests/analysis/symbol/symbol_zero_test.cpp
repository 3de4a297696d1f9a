// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_zero.hpp"

#include <catch2/catch.hpp>

using tmm::analysis::polish_zero, tmm::analysis::polish_zeros;
using Taps = std::vector<long double>;

TEST_CASE("Newton finds a real zero and its residue") {
  const Taps a{-1, 3, -2};  // −(z − ½)(2z − 2) : zeros ½ and 1, a'(½) = 1
  const auto zero = polish_zero(a, {0.4, 0});
  REQUIRE(zero);
  CHECK(std::abs(zero->z - 0.5L) <= zero->relative_error);
  CHECK(std::abs(zero->residue - 1.0L) < 1e-17L);
  CHECK(zero->count() == 1);
}

TEST_CASE("a conjugate pair is one zero in the upper half-plane that counts twice") {
  const Taps a{0.25L, 0, 1};  // ±i/2
  for (const double side : {0.4, -0.4}) {
    const auto zero = polish_zero(a, {0.1, side});
    REQUIRE(zero);
    CHECK(std::abs(zero->z - std::complex<long double>(0, 0.5L)) < 1e-18L);
    CHECK(std::abs(zero->residue - std::complex<long double>(0, -1)) < 1e-18L);
    CHECK(zero->count() == 2);
  }
}

TEST_CASE("a zero far below the double range is found from rounding noise") {
  const Taps a{1e-4000L, 1, 1};
  const auto zero = polish_zero(a, {1e-17, 0});
  REQUIRE(zero);
  CHECK(std::abs(zero->z + 1e-4000L) <= 1e-4018L);
}

TEST_CASE("double zeros are refused, repeats dropped, the list sorted by modulus") {
  CHECK_FALSE(polish_zero(Taps{0.25L, -1, 1}, {0.4, 0}));  // (z − ½)²
  CHECK_FALSE(polish_zero(Taps{1}, {0.4, 0}));
  const Taps a{-1, 3, -2};
  const std::vector<std::complex<double>> starts{{1.1, 0}, {0.4, 0}, {0.45, 0}, {0.9, 0}};
  const auto zeros = polish_zeros(a, starts);
  REQUIRE(zeros.size() == 2);
  CHECK(static_cast<double>(zeros[0].z.real()) == Approx(0.5));
  CHECK(static_cast<double>(zeros[1].z.real()) == Approx(1));
}
