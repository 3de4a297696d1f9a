// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_curve.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "model/base/error.hpp"

using namespace tmm;

TEST_CASE("quantiles of the symbol's modulus and its uniform samples") {
  const auto quantiles = analysis::modulus_quantiles(std::vector<double>{1, 1}, 2);  // |1 + z| = 2 cos(θ/2)
  CHECK(quantiles[0] == Approx(0).margin(1e-15));
  CHECK(quantiles[1] == Approx(std::numbers::sqrt2).epsilon(0.01));
  CHECK(quantiles[2] == Approx(2));
  const auto samples = analysis::uniform_symbol(std::vector<double>{0, 1, 0});
  REQUIRE(samples.size() == 4);
  CHECK(std::abs(samples[1] - std::polar(1.0, std::numbers::pi / 3)) < 1e-15);
  CHECK_THROWS_AS(analysis::uniform_symbol(std::vector<double>{}), ArgumentError);
  CHECK_THROWS_AS(analysis::uniform_symbol(std::vector<double>{NAN}), ArgumentError);
}
