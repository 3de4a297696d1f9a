// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/resolvent_norm.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/dense_oracle.hpp"
#include "analysis/spectrum/exact_eigenvalues.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

using namespace tmm;
using analysis::resolvent_norms, analysis::ResolventNorm, analysis::Status;
using test::Taps;
using Complex = std::complex<double>;

namespace {

Eigen::VectorXd dense_values(const Taps& taps, Complex point) {
  Eigen::MatrixXcd matrix = model::CausalToeplitz(taps).dense().cast<Complex>();
  matrix.diagonal().array() -= point;
  return test::singular_values(matrix);
}

/// log10 σ_min by Π σ_i = |w_0 − λ|^n: right wherever one value alone vanishes.
double log10_from_determinant(const Taps& taps, Complex point) {
  const Eigen::VectorXd sigma = dense_values(taps, point);
  const auto n = static_cast<double>(taps.size());
  return n * std::log10(std::abs(taps[0] - point)) - sigma.head(sigma.size() - 1).array().log10().sum();
}

ResolventNorm at(const Taps& taps, Complex point) {
  return resolvent_norms(taps, std::array{point}).front();
}

Taps gaussian(std::size_t n, std::uint64_t seed) {
  Taps taps = test::gaussian_taps(n, seed);
  for (double& w : taps) w *= std::sqrt(2.0 / static_cast<double>(n));
  return taps;
}

}  // namespace

TEST_CASE("resolvent norms agree with the dense decomposition where it sees") {
  for (const std::size_t n : {1U, 2U, 3U, 7U, 16U, 40U, 100U}) {
    const Taps taps = gaussian(n, n);
    for (int k = 0; k < 8; ++k) {
      const Complex point = std::polar(0.5 + 0.6 * k, 0.4 * k);
      const Eigen::VectorXd sigma = dense_values(taps, point);
      const ResolventNorm found = at(taps, point);
      CAPTURE(n, k, sigma[sigma.size() - 1], found.sigma_min.to_double(), found.relative_error);
      REQUIRE(found.status == Status::numerical);
      CHECK(found.relative_error < 1e-6);
      const double seen = 1e-15 * static_cast<double>(n) * sigma[0];  // what the decomposition loses itself
      CHECK(std::fabs(found.sigma_min.to_double() - sigma[sigma.size() - 1]) <=
            found.relative_error * found.sigma_min.to_double() + seen);
      CHECK(found.lower.log10() <= found.sigma_min.log10() + found.relative_error);
      CHECK(found.sigma_min.log10() <= found.upper.log10() + found.relative_error);
    }
  }
}

TEST_CASE(
    "resolvent norms at real points are the 900-digit smallest singular values of the shifted operator") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Taps taps = gaussian(30, seed);
    for (const double point : {0.0, 0.125, -0.75, 2.5, taps[0] + 0x1p-20}) {
      Taps shifted = taps;
      shifted[0] = taps[0] - point;
      if (shifted[0] + point != taps[0]) continue;  // rounded: another operator
      const auto exact = test::exact_singular_values(shifted).back();
      const ResolventNorm found = at(taps, point);
      CAPTURE(seed, point, found.sigma_min.mantissa, found.sigma_min.exponent, exact.mantissa,
              exact.exponent);
      CHECK(std::fabs(found.sigma_min.log10() - exact.log10()) <=
            1.01 * found.relative_error / std::numbers::ln10 + 1e-13);
      CHECK(found.relative_error < 1e-6);
    }
  }
}

TEST_CASE("resolvent norms stay right below the precision of dense decompositions") {
  // T_n(z) − λ: one value vanishes like |λ|^n.
  for (const std::size_t n : {20U, 60U, 200U}) {
    Taps shift(n);
    shift[1] = 1;
    for (const Complex point : {Complex(0.3, 0.2), Complex(-0.1, 0.5), Complex(0, 0.01)}) {
      const ResolventNorm found = at(shift, point);
      CAPTURE(n, point.real(), point.imag());
      CHECK(found.status == Status::numerical);
      CHECK(found.relative_error < 1e-7);
      CHECK(found.sigma_min.log10() == Approx(log10_from_determinant(shift, point)).epsilon(1e-12));
    }
  }
}

TEST_CASE("at w_0 the shifted section is singular for certain") {
  const Taps taps = gaussian(16, 4);
  const ResolventNorm found = at(taps, taps[0]);
  CHECK(found.status == Status::certified);
  CHECK(found.sigma_min.mantissa == 0);
}

TEST_CASE(
    "resolvent norms scale with powers of two, beyond the range of double, and are conjugate symmetric") {
  const Taps taps = gaussian(24, 5);
  const Complex point(0.7, -0.4);
  const ResolventNorm one = at(taps, point);
  for (const int e : {-900, -300, 300, 900}) {
    Taps scaled = taps;
    for (double& w : scaled) w = std::ldexp(w, e);
    const ResolventNorm found = at(scaled, {std::ldexp(point.real(), e), std::ldexp(point.imag(), e)});
    CHECK(found.sigma_min.log10() - one.sigma_min.log10() == Approx(e * std::log10(2.0)).epsilon(1e-12));
  }
  CHECK(at(taps, std::conj(point)).sigma_min.to_double() == Approx(one.sigma_min.to_double()).epsilon(1e-7));
}

TEST_CASE("resolvent norms depend neither on threads nor on the other points") {
  const Taps taps = gaussian(64, 6);
  std::vector<Complex> points;
  for (int k = 0; k < 37; ++k) points.push_back(std::polar(0.1 * k, 1.0 * k));
  const auto all = resolvent_norms(taps, points), threaded = resolvent_norms(taps, points, {.threads = 3});
  for (std::size_t i = 0; i < points.size(); ++i) {
    CHECK(all[i].sigma_min.mantissa == threaded[i].sigma_min.mantissa);
    const ResolventNorm alone = at(taps, points[i]);
    CHECK(all[i].sigma_min.mantissa == alone.sigma_min.mantissa);
    CHECK(all[i].sigma_min.exponent == alone.sigma_min.exponent);
  }
}

TEST_CASE("resolvent norms refuse what is not finite or empty") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(at({}, 0), ArgumentError);
  CHECK_THROWS_AS(at({1, nan}, 0), ArgumentError);
  CHECK_THROWS_AS(at({1, 2}, Complex(0, nan)), ArgumentError);
  CHECK(at({0, 0}, 0).status == Status::certified);
}
