// SPDX-License-Identifier: MIT
#include "analysis/jacobian/golub_kahan.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "matrices.hpp"
#include "model/base/error.hpp"
#include "tolerance.hpp"

using namespace tmm;
using analysis::golub_kahan;
using test::map_of, test::random_matrix, test::singular_values;

namespace {

struct Shape {
  Eigen::Index rows, cols;
};

constexpr Shape shapes[] = {{1, 1}, {2, 2}, {1, 7}, {7, 1}, {16, 16}, {40, 40}, {17, 40}, {40, 17}};

double nearest(const Eigen::VectorXd& sigma, double theta) {
  return (sigma.array() - theta).abs().minCoeff();
}

}  // namespace

TEST_CASE("as many steps as the smaller side give every singular value, of square, wide and tall matrices") {
  for (const auto [rows, cols] : shapes) {
    CAPTURE(rows, cols);
    const Eigen::MatrixXd a = random_matrix(rows, cols, 5);
    const Eigen::VectorXd sigma = singular_values(a);
    const auto q = static_cast<std::size_t>(std::min(rows, cols));
    const auto found = golub_kahan(map_of(a), q + 3, 1);
    REQUIRE(found.ritz.size() == q);
    CHECK(found.complete == (cols <= rows));
    for (std::size_t i = 0; i < q && found.complete; ++i)
      CHECK(std::fabs(found.ritz[i] - sigma(static_cast<Eigen::Index>(i))) <=
            test::eigen_tolerance(static_cast<std::size_t>(std::max(rows, cols)), sigma(0)));
    CHECK(found.orthogonality <= 1e-14);
  }
}

TEST_CASE("a few steps give lower bounds by rank, an upper bound of the smallest, and residuals that hold") {
  for (const auto [rows, cols] : shapes)
    for (const std::size_t steps : {std::size_t{1}, std::size_t{3}, std::size_t{8}})
      for (unsigned seed = 0; seed < 5; ++seed) {
        CAPTURE(rows, cols, steps, seed);
        const Eigen::MatrixXd a = random_matrix(rows, cols, 11 + seed);
        const Eigen::VectorXd sigma = singular_values(a);
        const auto found = golub_kahan(map_of(a), steps, seed);
        const double rounding = test::eigen_tolerance<double>(40, sigma(0));
        // 0 is an eigenvalue of (0 A; Aᵀ 0) where A is not square.
        const auto near = [&, square = rows == cols](double theta, double residual) {
          return nearest(sigma, theta) <= residual || (!square && theta <= residual);
        };
        for (std::size_t i = 0; i < found.ritz.size(); ++i) {
          CHECK(found.ritz[i] <= sigma(static_cast<Eigen::Index>(i)) + rounding);
          CHECK(near(found.ritz[i], found.residual[i] + rounding));
        }
        CHECK(near(found.ritz.front(), found.largest_residual + rounding));
        CHECK(found.smallest_upper >= sigma(sigma.size() - 1) - rounding);
      }
}

TEST_CASE("the largest value of a graded matrix is found in few steps, with the residual to show it") {
  Eigen::VectorXd sigma(60);
  for (Eigen::Index i = 0; i < sigma.size(); ++i) sigma(i) = std::pow(0.7, static_cast<double>(i));
  const auto found = golub_kahan(map_of(test::with_values(60, 60, sigma, 3)), 20, 2);
  CHECK(found.ritz.front() == Approx(1).epsilon(1e-12));
  CHECK(found.largest_residual <= 1e-9);
  CHECK(found.largest_residual >= std::fabs(found.ritz.front() - 1));
}

TEST_CASE("invariant subspaces do not end the steps: repeated values, a kernel, the zero matrix") {
  const auto identity = golub_kahan(map_of(Eigen::MatrixXd::Identity(12, 12) * 3), 12, 1);
  CHECK(identity.complete);
  for (const double theta : identity.ritz) CHECK(theta == Approx(3).epsilon(1e-14));
  Eigen::VectorXd sigma = Eigen::VectorXd::Zero(10);
  sigma.head(4) << 5, 5, 2, 1e-3;
  const auto kernel = golub_kahan(map_of(test::with_values(10, 10, sigma, 7)), 10, 1);
  REQUIRE(kernel.ritz.size() == 10);
  for (Eigen::Index i = 0; i < 10; ++i)
    CHECK(std::fabs(kernel.ritz[static_cast<std::size_t>(i)] - sigma(i)) <= 1e-13);
  const auto zero = golub_kahan(map_of(Eigen::MatrixXd::Zero(6, 9)), 4, 1);
  CHECK(zero.ritz == std::vector<double>(4, 0.0));
  CHECK(zero.smallest_upper == 0);
}

TEST_CASE("a product that is not finite is never a singular value, and nothing to do is an error") {
  Eigen::MatrixXd a = random_matrix(5, 5, 1);
  a(2, 3) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(golub_kahan(map_of(a), 3, 1), Catch::Contains("not finite"));
  CHECK_THROWS_AS(golub_kahan(map_of(random_matrix(5, 5, 1)), 0, 1), ArgumentError);
  CHECK_THROWS_AS(golub_kahan(map_of(Eigen::MatrixXd(0, 5)), 2, 1), ArgumentError);
}
