// SPDX-License-Identifier: MIT
#include "model/toeplitz/derived_taps.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "model/base/error.hpp"

using namespace tmm;
using model::DerivedTaps, model::exponential_average_taps, model::soft_threshold_taps, model::softplus_taps;

TEST_CASE("softplus(x) - softplus(-x) = x, softplus(0) = ln 2, and far out it is x or nothing",
          "[extended]") {
  for (const double x : {0.0, 1e-30, 0.3, 1.0, 19.5, 20.5, 100.0, 700.0}) {
    const DerivedTaps taps = softplus_taps(std::vector<double>{x, -x}, true);
    CHECK(std::fabs(taps.taps[0] - taps.taps[1] - x) <= taps.error_l1 + 0x1p-53 * x);
  }
  CHECK(softplus_taps(std::vector<double>{0}, true).taps[0] == std::log(2.0));
  const DerivedTaps ends = softplus_taps(std::vector<double>{1e300, -1e300, -800}, false);
  CHECK(ends.taps == std::vector<double>{1e300, 0, 0});
  CHECK(ends.error_l1 > 0);
  CHECK(ends.error_l1 < 1e-322);
}

TEST_CASE("the network's softplus is x itself beyond 20, in its own type") {
  const DerivedTaps taps = softplus_taps(std::vector<double>{20.5, 0.25}, true);
  CHECK(taps.network[0] == 20.5);
  CHECK(taps.taps[0] > 20.5);
  CHECK(static_cast<double>(static_cast<float>(taps.network[1])) == taps.network[1]);
  CHECK(taps.network[1] != taps.taps[1]);
  CHECK(taps.network[1] == Approx(taps.taps[1]).epsilon(1e-6));
}

TEST_CASE("taps of an exponential average sum to 1 - alpha^n and keep their ratio alpha", "[extended]") {
  for (const double logit : {-3.0, 0.0, 0.7, 4.0}) {
    const std::size_t n = 64;
    const DerivedTaps taps = exponential_average_taps(logit, n, true);
    const double alpha = 1 / (1 + std::exp(-logit));
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) {
      sum += taps.taps[k];
      if (k > 0) CHECK(taps.taps[k] == Approx(alpha * taps.taps[k - 1]).epsilon(1e-14));
      CHECK(taps.network[k] == Approx(taps.taps[k]).epsilon(1e-4).margin(0x1p-126));
    }
    CHECK(sum == Approx(1 - std::pow(alpha, static_cast<double>(n))).epsilon(1e-14));
    CHECK(taps.error_l1 < 1e-15);
  }
}

TEST_CASE("a soft threshold is exact where the difference is, keeps the sign and sets what is small to 0") {
  const DerivedTaps taps = soft_threshold_taps(std::vector<double>{1, -1, 0.25, -0.125, 0.5}, 0.25, true);
  CHECK(taps.taps == std::vector<double>{0.75, -0.75, 0, 0, 0.25});
  CHECK(taps.error_l1 == 0);
  CHECK(taps.network == taps.taps);
  const DerivedTaps rounded = soft_threshold_taps(std::vector<double>{1}, 0x1p-60, true);
  CHECK(rounded.taps[0] == 1);
  CHECK(rounded.error_l1 == 0x1p-60);
}

TEST_CASE("what taps cannot be derived from is refused") {
  const std::vector<double> bad{1, std::numeric_limits<double>::infinity()};
  CHECK_THROWS_AS(softplus_taps(bad, true), ArgumentError);
  CHECK_THROWS_AS(soft_threshold_taps(bad, 0.1, true), ArgumentError);
  CHECK_THROWS_AS(exponential_average_taps(NAN, 4, true), ArgumentError);
  CHECK_THROWS_AS(soft_threshold_taps(std::vector<double>{1}, -0.1, true), ArgumentError);
}
