// SPDX-License-Identifier: MIT
#include "analysis/spectrum/integer_projection.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "analysis/base/real_ball.hpp"

using namespace tmm::analysis;
using Eigen::Index, Eigen::MatrixXd;

namespace {

MatrixXd orthonormal_columns(Index n, Index k, std::mt19937_64& engine) {
  std::normal_distribution<double> normal;
  MatrixXd X(n, k);
  for (Index i = 0; i < X.size(); ++i) X.data()[i] = normal(engine);
  return Eigen::HouseholderQR<MatrixXd>(X).householderQ() * MatrixXd::Identity(n, k);
}

/// Their inverse grows about like 2.5^k.
std::vector<long double> taps_with_growing_inverse(Index n, std::mt19937_64& engine) {
  std::normal_distribution<double> normal;
  std::vector<long double> taps(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < taps.size(); ++i)
    taps[i] = normal(engine) * std::ldexp(1.0L, -static_cast<int>(i));
  taps[0] = 0.75L;
  if (n > 1) taps[1] = 1.9L;
  return taps;
}

}  // namespace

TEST_CASE("a projection in integers equals that in balls of 2,000 bits, within a radius that is small") {
  std::mt19937_64 engine(11);
  for (const Index n : {1, 2, 3, 7, 64, 200})
    for (const Index k : {Index{1}, std::min<Index>(n, 9)})
      for (const long precision : {58L, 59L, 118L, 119L, 120L, 256L, 700L}) {
        CAPTURE(n, k, precision);
        const auto taps = taps_with_growing_inverse(n, engine);
        const MatrixXd Y = rounded_to_integers(orthonormal_columns(n, k, engine));
        REQUIRE(fits_integers(Y));
        // A series of exact coefficients, then one with the radii of `precision` bits.
        BallSeries exact, rough;
        invert_series(exact, taps, 2000);
        invert_series(rough, taps, precision + 400);
        BallMatrix expected(k), from_exact(k), from_rough(k);
        project_inverse(expected, exact, Y, 2000);
        project_in_integers(from_exact, exact, Y, precision);
        project_in_integers(from_rough, rough, Y, precision);
        const SeriesSize size = size_of(exact);
        const double radius =
            std::ceil(size.largest) - static_cast<double>(precision) + std::log2(static_cast<double>(n)) + 2;
        RealBall most(1.0);
        arb_mul_2exp_si(most, most, static_cast<long>(std::ceil(radius)));
        for (Index i = 0; i < k; ++i)
          for (Index j = 0; j < k; ++j) {
            CHECK(arb_contains(from_exact(i, j), expected(i, j)) != 0);
            CHECK(arb_overlaps(from_rough(i, j), expected(i, j)) != 0);
            CHECK(mag_cmp(arb_radref(from_exact(i, j)), arb_radref(from_rough(i, j))) <= 0);
            RealBall error;
            arb_get_rad_arb(error, from_exact(i, j));
            CHECK(arb_le(error, most) != 0);
          }
      }
}

TEST_CASE("a projection in integers knows the radii of its series") {
  BallSeries series;
  const std::vector<double> ones(8, 1.0);
  set_series(series, ones);
  arb_add_error_2exp_si(arb_poly_get_coeff_ptr(series.get(), 3), -20);
  const MatrixXd Y = MatrixXd::Identity(8, 2);
  BallMatrix M(2);
  project_in_integers(M, series, Y, 128);
  RealBall error;
  arb_get_rad_arb(error, M(0, 0));
  CHECK(error.lower() >= 0x1p-20);
  CHECK(error.upper() <= 8 * 1.01 * 0x1p-20);
}

TEST_CASE("a basis in integers: multiples of 2^-60, short columns, no more than 4096 rows, numbers") {
  std::mt19937_64 engine(3);
  const MatrixXd Y = orthonormal_columns(40, 5, engine);
  CHECK_FALSE(fits_integers(Y));
  const MatrixXd rounded = rounded_to_integers(Y);
  CHECK(fits_integers(rounded));
  CHECK((rounded - Y).cwiseAbs().maxCoeff() <= 0x1p-61);
  CHECK(rounded_to_integers(rounded) == rounded);
  CHECK_FALSE(fits_integers(2 * rounded));
  CHECK(fits_integers(MatrixXd::Identity(4096, 1)));
  CHECK_FALSE(fits_integers(MatrixXd::Identity(4097, 1)));
  MatrixXd bad = rounded;
  for (const double x : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    bad(1, 1) = x;
    CHECK_FALSE(fits_integers(bad));
  }
}
