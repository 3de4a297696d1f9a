// SPDX-License-Identifier: MIT
#include "analysis/index/index_radius.hpp"

#include <catch2/catch.hpp>
#include <numbers>

#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::IndexRadius, analysis::index_radius, analysis::winding_number;
using test::Taps;

namespace {

double norm2(const Taps& v) {
  double sum = 0;
  for (const double x : v) sum += x * x;
  return std::sqrt(sum);
}

}  // namespace

TEST_CASE("the least change to a zero at θ has norm ρ(θ) and does put a zero there") {
  for (const std::size_t n : {1u, 2u, 3u, 8u, 33u})
    for (const double theta :
         {0.0, 1e-5, 0.01, 0.7, std::numbers::pi / 2, 2.5, std::numbers::pi - 1e-6, std::numbers::pi}) {
      if (n == 1 && theta != 0 && theta != std::numbers::pi)
        continue;  // one weight cannot meet two conditions
      const Taps taps = test::gaussian_taps(n, n);
      Taps changed = analysis::change_to_zero_at(taps, theta);
      CAPTURE(n, theta);
      CHECK(norm2(changed) == Approx(analysis::index_radius_at(taps, theta)).epsilon(1e-6));
      for (std::size_t k = 0; k < n; ++k) changed[k] += taps[k];
      CHECK(std::abs(test::symbol_at(changed, theta)) <= 1e-9 * static_cast<double>(n) * norm2(taps));
    }
}

TEST_CASE("the index radius is enclosed, and the enclosure is tight") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Taps taps = test::gaussian_taps(20 + 9 * seed, seed);
    const auto w = winding_number(taps);
    const IndexRadius radius = index_radius(taps, w);
    CHECK(radius.lower > 0);
    CHECK(radius.lower <= radius.upper);
    CHECK(radius.lower >= (1 - 1e-10) * w.margin /
                              std::sqrt(static_cast<double>(taps.size())));  // complex changes do no better
    double smallest = HUGE_VAL;
    for (int j = 0; j <= 5000; ++j)
      smallest = std::fmin(smallest, analysis::index_radius_at(taps, std::numbers::pi * j / 5000));
    CHECK(radius.upper <= smallest * (1 + 1e-9));
    CHECK(radius.lower >= 0.5 * radius.upper);
  }
}

TEST_CASE("beyond the radius the winding number changes, within it never") {
  int flips = 0;
  for (std::uint64_t seed = 40; seed < 60; ++seed) {
    const Taps taps = test::gaussian_taps(40, seed);
    const auto w = winding_number(taps);
    const IndexRadius radius = index_radius(taps, w);
    const Taps change = analysis::change_to_zero_at(taps, radius.theta);
    Taps beyond = taps, within = taps;
    for (std::size_t k = 0; k < taps.size(); ++k) {
      beyond[k] += 1.01 * change[k];
      within[k] += 0.999 * radius.lower / radius.upper * change[k];
    }
    CHECK(winding_number(within).number == w.number);
    flips += winding_number(beyond).number != w.number ? 1 : 0;
  }
  CHECK(flips == 20);
}

TEST_CASE("an uncertified winding number has no radius") {
  const IndexRadius radius = index_radius(Taps{1, -1}, winding_number(Taps{1, -1}));
  CHECK(radius.lower == 0);
  CHECK(radius.upper == 0);
}
