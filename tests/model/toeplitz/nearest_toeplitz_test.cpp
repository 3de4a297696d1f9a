// SPDX-License-Identifier: MIT
#include "model/toeplitz/nearest_toeplitz.hpp"

#include <Eigen/Core>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "model/base/error.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"

using namespace tmm;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

Matrix random_lower(Eigen::Index n, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  return Matrix::NullaryExpr(n, n,
                             [&](Eigen::Index t, Eigen::Index s) { return s <= t ? normal(generator) : 0; });
}

model::NearestToeplitz nearest(const Matrix& w) {
  return model::nearest_toeplitz({w.data(), static_cast<std::size_t>(w.size())},
                                 static_cast<std::size_t>(w.rows()));
}

}  // namespace

TEST_CASE("a Toeplitz matrix is its own nearest one, at distance 0 exactly") {
  const std::vector<double> taps{0.1, -0.7, 1e-300, 3, 0.3};
  const Matrix w = model::CausalToeplitz(taps).dense();
  const model::NearestToeplitz found = nearest(w);
  CHECK(found.taps == taps);
  CHECK(found.tap_error_l1 == 0);
  CHECK(found.distance == 0);
  CHECK(found.distance_error == 0);
}

TEST_CASE("the difference from the nearest Toeplitz matrix is orthogonal to every Toeplitz matrix") {
  for (const Eigen::Index n : {1, 2, 7, 40}) {
    const Matrix w = random_lower(n, static_cast<unsigned>(n));
    const model::NearestToeplitz found = nearest(w);
    const Matrix rest = w - Matrix(model::CausalToeplitz(found.taps).dense());
    for (Eigen::Index k = 0; k < n; ++k)
      CHECK(std::fabs(rest.diagonal(-k).sum()) <= 1e-14 * static_cast<double>(n));
    CHECK(found.distance == Approx(rest.norm()).margin(1e-14));
    CHECK(found.norm == Approx(w.norm()));
    CHECK(found.tap_error_l1 <= 1e-15 * static_cast<double>(n));
    // No other Toeplitz matrix is closer.
    Matrix moved = rest;
    moved.diagonal(-(n / 2)).array() += 1e-3;
    CHECK(moved.norm() > found.distance);
  }
}

TEST_CASE("what is not a causal matrix is refused") {
  CHECK_THROWS_AS(model::nearest_toeplitz(std::vector<double>{1, 2, 3}, 2), ArgumentError);
  CHECK_THROWS_AS(model::nearest_toeplitz(std::vector<double>{1, 2, 3, 4}, 2), ArgumentError);
  CHECK_THROWS_AS(model::nearest_toeplitz(std::vector<double>{1, 0, NAN, 4}, 2), ArgumentError);
  CHECK_THROWS_AS(model::nearest_toeplitz(std::vector<double>{}, 0), ArgumentError);
}
