// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_curve.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

#include "model/base/error.hpp"

using namespace tmm;
using Complex = std::complex<double>;

namespace {

std::vector<double> random_taps(std::size_t n) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal(0, std::sqrt(2.0 / static_cast<double>(n)));
  std::vector<double> taps(n);
  for (double& w : taps) w = normal(random);
  return taps;
}

Complex value(const std::vector<double>& taps, double theta) {
  Complex sum = 0;
  for (std::size_t k = 0; k < taps.size(); ++k)
    sum += taps[k] * std::polar(1.0, theta * static_cast<double>(k));
  return sum;
}

}  // namespace

TEST_CASE("the symbol curve: a(z) = z runs along the upper half circle") {
  const auto curve = analysis::symbol_curve(std::vector<double>{0, 1}, 1000);
  CHECK(curve.points.front().value.real() == Approx(1));
  CHECK(curve.points.back().value.real() == Approx(-1));
  for (const auto& point : curve.points) {
    CHECK(std::abs(point.value) == Approx(1));
    CHECK(point.value.imag() >= 0);
  }
}

TEST_CASE("the thinned symbol curve stays within its tolerance of the true one") {
  const auto taps = random_taps(100);
  const auto curve = analysis::symbol_curve(taps, 100'000, 1e-3);
  double far = 0, worst = 0;
  for (const auto& point : curve.points) far = std::max(far, std::abs(point.value));
  CHECK(curve.points.size() < curve.steps);
  std::size_t at = 0;
  for (std::size_t step = 0; step <= curve.steps; ++step) {
    if (step > curve.points[at + 1].step) ++at;
    const Complex a = curve.points[at].value, b = curve.points[at + 1].value;
    const Complex p =
        value(taps, std::numbers::pi * static_cast<double>(step) / static_cast<double>(curve.steps));
    const double t = std::clamp((std::conj(b - a) * (p - a)).real() / std::norm(b - a), 0.0, 1.0);
    worst = std::max(worst, std::abs(p - (a + t * (b - a))) / (std::abs(p) + far / 50));
    CHECK(curve.points[at + 1].step - curve.points[at].step <= 16);
  }
  CHECK(worst < 1.001e-3);
  CHECK(worst > 1e-4);  // points were left out
  CHECK(analysis::symbol_curve(taps, 500).points.size() <= 500);
}

TEST_CASE("passes near the origin hold the closest approach and nothing far away") {
  const auto taps = random_taps(64);
  double closest = 1e9;
  for (int i = 0; i <= 200'000; ++i)
    closest = std::min(closest, std::abs(value(taps, std::numbers::pi * i / 200'000.0)));
  const double radius = 4 * closest;
  double found = 1e9, farthest = 0;
  for (const auto& pass : analysis::passes_near_origin(taps, radius))
    for (std::size_t i = 0; i + 1 < pass.size(); ++i) {
      const Complex a = pass[i], along = pass[i + 1] - a;
      const double t =
          std::norm(along) > 0 ? std::clamp(-(std::conj(along) * a).real() / std::norm(along), 0.0, 1.0) : 0;
      found = std::min(found, std::abs(a + t * along));
      farthest = std::max(farthest, std::abs(a));
    }
  CHECK(found == Approx(closest).margin(radius / 300));
  CHECK(farthest > radius);
  CHECK(farthest < 20 * radius);
}

TEST_CASE("quantiles of the symbol's modulus and its uniform samples") {
  const auto quantiles = analysis::modulus_quantiles(std::vector<double>{1, 1}, 2);  // |1 + z| = 2 cos(θ/2)
  CHECK(quantiles[0] == Approx(0).margin(1e-15));
  CHECK(quantiles[1] == Approx(std::numbers::sqrt2).epsilon(0.01));
  CHECK(quantiles[2] == Approx(2));
  const auto samples = analysis::uniform_symbol(std::vector<double>{0, 1, 0});
  REQUIRE(samples.size() == 4);
  CHECK(std::abs(samples[1] - std::polar(1.0, std::numbers::pi / 3)) < 1e-15);
  CHECK_THROWS_AS(analysis::symbol_curve(std::vector<double>{}, 10), ArgumentError);
  CHECK_THROWS_AS(analysis::uniform_symbol(std::vector<double>{NAN}), ArgumentError);
}
