// SPDX-License-Identifier: MIT
#include "model/toeplitz/minimum_phase.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include "analysis/index/winding.hpp"
#include "analysis/symbol/zeros.hpp"

using namespace tmm;
using model::MinimumPhasePolynomial;

namespace {

std::vector<double> random_u(std::size_t count, double deviation, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal(0, deviation);
  std::vector<double> u(count);
  for (double& x : u) x = normal(engine);
  return u;
}

std::vector<double> rounded(std::span<const double> p, double scale) {
  std::vector<double> taps;
  for (const double x : p) taps.push_back(static_cast<float>(scale * x));
  return taps;
}

/// Smallest and mean inverse square modulus on many points of the circle.
std::pair<double, double> on_circle(std::span<const double> p) {
  const int points = 1 << 14;
  double least = INFINITY, mean = 0;
  for (int i = 0; i < points; ++i) {
    const auto z = std::polar(1.0, 2 * std::numbers::pi * i / points);
    std::complex<double> value = 0;
    for (std::size_t k = p.size(); k > 0; --k) value = value * z + p[k - 1];
    least = std::min(least, std::abs(value));
    mean += 1 / std::norm(value) / points;
  }
  return {least, mean};
}

}  // namespace

TEST_CASE("two reflection coefficients by hand") {
  // p⁽¹⁾ = 1 + κ₁z, p⁽²⁾ = 1 + κ₁(1 + κ₂)z + κ₂z².
  const double u[] = {0.3, -0.8};
  const double a = std::tanh(0.3), b = std::tanh(-0.8);
  const MinimumPhasePolynomial p(u);
  REQUIRE(p.coefficients().size() == 3);
  CHECK(p.coefficients()[0] == 1);
  CHECK(p.coefficients()[1] == Approx(a * (1 + b)).epsilon(1e-15));
  CHECK(p.coefficients()[2] == Approx(b).epsilon(1e-15));
  CHECK(MinimumPhasePolynomial({}).coefficients().size() == 1);
}

TEST_CASE("reflection coefficients make symbols of certified index 0, in float32 too") {
  for (const std::size_t n : {1U, 2U, 3U, 17U, 64U, 257U})
    for (unsigned seed = 0; seed < 20; ++seed) {
      // From near the identity to far beyond what float32 can hold.
      auto u = random_u(n - 1, std::pow(2.0, static_cast<int>(seed % 7) - 4), seed);
      model::keep_off_the_circle(u);
      const MinimumPhasePolynomial p(u);
      const auto winding = analysis::winding_number(rounded(p.coefficients(), 0.37));
      REQUIRE(winding.status == analysis::IndexStatus::certified);
      REQUIRE(winding.number == 0);
    }
}

TEST_CASE("without the bound float32 lets zeros in: the bound is needed") {
  int lost = 0;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const MinimumPhasePolynomial p(random_u(63, 2, seed));
    const auto winding = analysis::winding_number(rounded(p.coefficients(), 1));
    lost += winding.status != analysis::IndexStatus::certified || winding.number != 0 ? 1 : 0;
    CHECK_FALSE(model::survives_float32(p));
  }
  CHECK(lost > 0);
}

TEST_CASE("the prediction ratio is one over the mean inverse square modulus, and bounds the least modulus") {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const MinimumPhasePolynomial p(random_u(31, 0.15, seed));
    const auto [least, mean] = on_circle(p.coefficients());
    CHECK(p.prediction_ratio() == Approx(1 / mean).epsilon(1e-9));
    CHECK(p.least_modulus() <= least);
    CHECK(p.least_modulus() > 0);
  }
  // One zero near the circle: where the bound is nearest to the truth.
  std::vector<double> u(8);
  u[0] = std::atanh(-0.999);
  const MinimumPhasePolynomial p(u);
  CHECK(p.least_modulus() <= 0.001);
}

TEST_CASE("the gradient of the recursion is that of central differences") {
  for (const std::size_t n : {2U, 3U, 8U, 33U}) {
    auto u = random_u(n - 1, 0.4, 5);
    const auto weights = random_u(n, 1, 6);  // f = Σ weights_j p_j
    const auto f = [&](std::span<const double> at) {
      const MinimumPhasePolynomial p(at);
      double sum = 0;
      for (std::size_t j = 0; j < n; ++j) sum += weights[j] * p.coefficients()[j];
      return sum;
    };
    const auto gradient = MinimumPhasePolynomial(u).pull_back(weights);
    REQUIRE(gradient.size() == n - 1);
    for (std::size_t k = 0; k < u.size(); ++k) {
      const double h = 1e-5, there = u[k];
      u[k] = there + h;
      const double above = f(u);
      u[k] = there - h;
      const double below = f(u);
      u[k] = there;
      CHECK(gradient[k] == Approx((above - below) / (2 * h)).epsilon(1e-7).margin(1e-8));
    }
  }
}

TEST_CASE("parameters far off the circle are left alone, saturated and wild ones are brought back") {
  auto kind = random_u(63, 0.1, 1);
  const auto before = kind;
  CHECK_FALSE(model::keep_off_the_circle(kind));
  CHECK(kind == before);
  std::vector<double> saturated(63, 40.0), wild{1, NAN, 2};
  CHECK(model::keep_off_the_circle(saturated));
  CHECK(model::survives_float32(MinimumPhasePolynomial(saturated)));
  CHECK(model::keep_off_the_circle(wild));
  CHECK(model::survives_float32(MinimumPhasePolynomial(wild)));
}
