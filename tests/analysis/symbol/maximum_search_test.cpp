// SPDX-License-Identifier: MIT
#include "analysis/symbol/maximum_search.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "analysis/symbols.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using test::Taps;

namespace {

/// The largest of |a| at many angles, and from there by golden section.
double searched_maximum(const Taps& taps) {
  const auto size = [&](double theta) { return std::abs(test::symbol_at(taps, theta)); };
  const std::size_t points = 32 * taps.size();
  const double step = std::numbers::pi / static_cast<double>(points);
  double best = 0, at = 0;
  for (std::size_t l = 0; l <= points; ++l)
    if (const double x = size(static_cast<double>(l) * step); x > best)
      best = x, at = static_cast<double>(l) * step;
  double low = at - step, high = at + step;
  for (int i = 0; i < 60; ++i) {
    const double a = high - (high - low) / std::numbers::phi, b = low + (high - low) / std::numbers::phi;
    (size(a) > size(b) ? high : low) = size(a) > size(b) ? b : a;
  }
  return std::max(best, size((low + high) / 2));
}

}  // namespace

TEST_CASE("the refined maximum of |a| holds the largest value found, to ten digits") {
  for (const std::size_t n : {2U, 3U, 16U, 65U}) {
    const Taps taps = test::gaussian_taps(n, n);
    const auto coarse = analysis::symbol_maximum(taps), fine = analysis::refined_symbol_maximum(taps);
    const double found = searched_maximum(taps);
    CAPTURE(n, fine.lower, fine.upper, found);
    CHECK(fine.lower <= found * (1 + 1e-14));
    CHECK(fine.upper >= found * (1 - 1e-14));
    CHECK(fine.upper - fine.lower <= 1e-10 * fine.upper);
    CHECK(fine.lower >= coarse.lower);
    CHECK(fine.upper <= coarse.upper);
  }
}

TEST_CASE("the refined maximum of |a| where it is known") {
  const auto one = analysis::refined_symbol_maximum(Taps{1, 2, 3, -0.0});  // at θ = 0
  CHECK(one.lower <= 6);
  CHECK(one.upper >= 6);
  CHECK(one.upper - one.lower <= 1e-11);
  const auto delay = analysis::refined_symbol_maximum(Taps{0, 0, -3, 0});  // constant
  CHECK(delay.lower <= 3);
  CHECK(delay.upper >= 3);
  CHECK(delay.upper - delay.lower <= 1e-3);
  const auto single = analysis::refined_symbol_maximum(Taps{-3});
  CHECK((single.lower <= 3 && single.upper >= 3));
  CHECK(analysis::refined_symbol_maximum(Taps{0, 0}).upper == 0);
  CHECK_THROWS_AS(analysis::refined_symbol_maximum(Taps{1, NAN}), ArgumentError);
}

TEST_CASE("the refined maximum of |a| scales with the weights, beyond the range of double") {
  const Taps taps = test::gaussian_taps(20, 4);
  const auto plain = analysis::refined_symbol_maximum(taps);
  for (const int k : {-1000, 1020}) {
    Taps scaled = taps;
    for (double& w : scaled) w = std::ldexp(w, k);
    const auto other = analysis::refined_symbol_maximum(scaled);
    CHECK(other.exponent == plain.exponent + k);
    CHECK(other.scaled_lower == plain.scaled_lower);
    CHECK(other.scaled_upper == plain.scaled_upper);
  }
}
