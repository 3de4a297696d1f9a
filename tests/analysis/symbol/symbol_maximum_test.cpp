// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_maximum.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "model/base/error.hpp"

using tmm::analysis::symbol_maximum;

TEST_CASE("max|a| of weights of one sign is their sum, at any size and scale") {
  for (const std::size_t n : {1U, 2U, 3U, 7U, 64U, 1000U}) {
    for (const double scale : {1.0, 1e-300, 1e300}) {
      const std::vector<double> taps(n, scale / static_cast<double>(n));
      const auto maximum = symbol_maximum(taps);
      INFO(n << " " << scale);
      CHECK(maximum.lower <= scale * (1 + 1e-12));
      CHECK(maximum.upper >= scale * (1 - 1e-12));
      CHECK(maximum.upper - maximum.lower <= 1e-3 * scale);
    }
  }
}

TEST_CASE("the enclosure holds every sampled value of random symbols") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  for (const std::size_t n : {2U, 5U, 33U, 100U}) {
    std::vector<double> taps(n);
    for (double& w : taps) w = normal(random);
    const auto maximum = symbol_maximum(taps);
    double largest = 0;
    for (int i = 0; i <= 20000; ++i) {
      const double theta = 3.14159265358979 * i / 20000;
      double re = 0, im = 0;
      for (std::size_t k = 0; k < n; ++k)
        re += taps[k] * std::cos(static_cast<double>(k) * theta),
            im += taps[k] * std::sin(static_cast<double>(k) * theta);
      largest = std::max(largest, std::hypot(re, im));
    }
    CHECK(largest <= maximum.upper);
    CHECK(maximum.lower <= largest * (1 + 1e-6));
  }
}

TEST_CASE("no taps, the zero symbol, and taps that are not finite") {
  CHECK(symbol_maximum(std::vector<double>{0, 0}).upper == 0);
  CHECK_THROWS_AS(symbol_maximum({}), tmm::ArgumentError);
  CHECK_THROWS_AS(symbol_maximum(std::vector<double>{std::numeric_limits<double>::infinity()}),
                  tmm::ArgumentError);
}
