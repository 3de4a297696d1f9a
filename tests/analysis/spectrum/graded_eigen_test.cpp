// SPDX-License-Identifier: MIT
#include "analysis/spectrum/graded_eigen.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/spectrum/exact_eigenvalues.hpp"

using Eigen::MatrixXd, Eigen::Index;
using tmm::analysis::GradedSum, tmm::analysis::graded_eigenvalues;

namespace {

MatrixXd random_matrix(Index rows, Index columns, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal;
  return MatrixXd::NullaryExpr(rows, columns, [&] { return normal(engine); });
}

// q directions whose weights fall by 2^−step each, alternating in sign, over a remainder of order 1.
GradedSum random_sum(Index k, Index q, long double top, long double step, unsigned seed) {
  GradedSum sum{random_matrix(k, q, seed), {}, random_matrix(k, k, seed + 1)};
  sum.remainder = (sum.remainder + sum.remainder.transpose()).eval();
  for (Index j = 0; j < q; ++j)
    sum.weights.push_back({top - static_cast<long double>(j) * step, j % 3 == 0 ? 1 : -1});
  return sum;
}

void check_against_exact(const GradedSum& sum) {
  const auto found = graded_eigenvalues(sum);
  const auto exact = tmm::test::exact_eigenvalues(sum);
  REQUIRE(found.converged);
  REQUIRE(found.exponents.size() == exact.size());
  const double tolerance = 50 * static_cast<double>(exact.size()) * 2.3e-16 / found.smallest_angle;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const auto log2_exact = (std::log(static_cast<long double>(exact[i].mantissa)) +
                             static_cast<long double>(exact[i].exponent) * std::log(10.0L)) /
                            std::log(2.0L);
    CAPTURE(i, log2_exact, found.exponents[i]);
    CHECK(std::abs(static_cast<double>(std::exp2(found.exponents[i] - log2_exact) - 1)) <= tolerance);
  }
}

}  // namespace

TEST_CASE("every eigenvalue of a graded sum is right, from 2^900 down to 1") {
  check_against_exact(random_sum(6, 4, 900, 150, 1));   // decouples into blocks
  check_against_exact(random_sum(8, 8, 300, 40, 2));    // one block, double
  check_against_exact(random_sum(12, 10, 600, 60, 3));  // one block, long double
  check_against_exact(random_sum(5, 3, 4, 1, 4));       // an ordinary matrix
  check_against_exact(random_sum(4, 9, 500, 60, 5));    // more directions than dimensions
  check_against_exact(random_sum(7, 0, 0, 1, 6));       // no direction at all
}

TEST_CASE("weights far beyond any floating-point range keep their exponents") {
  GradedSum sum{MatrixXd::Identity(3, 2), {{1e7L, 1}, {-1e7L, -1}}, MatrixXd::Zero(3, 3)};
  const auto found = graded_eigenvalues(sum);
  REQUIRE(found.converged);
  CHECK(found.exponents[0] == 1e7L);
  CHECK(found.exponents[1] == -1e7L);
  CHECK(std::isinf(found.exponents[2]));
}

TEST_CASE("nearly parallel directions show in the smallest angle") {
  MatrixXd directions(2, 2);
  directions << 1, 1, 0, 1e-9;
  const auto found = graded_eigenvalues({directions, {{100, 1}, {0, 1}}, MatrixXd::Zero(2, 2)});
  CHECK(found.smallest_angle == Approx(1e-9).epsilon(1e-6));
}

TEST_CASE("an empty sum has no eigenvalues") {
  CHECK(graded_eigenvalues({MatrixXd(0, 0), {}, MatrixXd(0, 0)}).exponents.empty());
}
