// SPDX-License-Identifier: MIT
#include "analysis/spectrum/proven_product.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

using namespace tmm::analysis;
using Eigen::Index, Eigen::MatrixXd;

namespace {

using Exact = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

/// T_n(taps) X in long double, 2^-11 of the rounding of double.
Exact dense_product(const std::vector<double>& taps, const MatrixXd& X) {
  Exact product = Exact::Zero(X.rows(), X.cols());
  for (Index j = 0; j < X.cols(); ++j)
    for (Index t = 0; t < X.rows(); ++t)
      for (Index s = 0; s <= t; ++s)
        product(t, j) += static_cast<long double>(taps[static_cast<std::size_t>(t - s)]) * X(s, j);
  return product;
}

}  // namespace

TEST_CASE("sums of two Toeplitz products are right within their proven error, and that is small") {
  std::mt19937_64 engine(7);
  std::normal_distribution<double> normal;
  for (const Index n : {1, 2, 3, 5, 31, 32, 33, 100, 128})
    for (const Index columns : {Index{1}, n}) {
      CAPTURE(n, columns);
      // As a tap and a basis are cut: a of order 1 and X far below 1, b and Y the other way about.
      constexpr double scale = 0x1p+22;
      std::vector<double> a(static_cast<std::size_t>(n)), b(a);
      for (double& x : a) x = normal(engine);
      for (double& x : b) x = normal(engine) / scale;
      MatrixXd X(n, columns), Y(n, columns);
      for (Index i = 0; i < X.size(); ++i) X.data()[i] = normal(engine) / scale, Y.data()[i] = normal(engine);
      const BoundedProduct sum = proven_sum_of_products(a, X, b, Y, scale);
      const Exact exact = dense_product(a, X) + dense_product(b, Y);
      const auto off = static_cast<double>((sum.value.cast<long double>() - exact).norm());
      CHECK(off <= sum.error);
      // Norms of κ, of the columns, and what the bound adds to them.
      const auto size = static_cast<double>(n);
      CHECK(sum.error <= 5e-15 * 4 * std::log2(4 * size) * size * std::sqrt(2 * size) *
                             std::sqrt(2 * size * static_cast<double>(columns)) / scale);
      // What is off by a unit of the sum's last places is noticed: the bound is that of rounding.
      CHECK(sum.error <= 1e-9 * static_cast<double>(exact.norm()) + 1e-280);
    }
}

TEST_CASE("a Toeplitz product with nothing to multiply is 0, with a bound") {
  const MatrixXd zero = MatrixXd::Zero(4, 2);
  const BoundedProduct sum =
      proven_sum_of_products(std::vector<double>(4), zero, std::vector<double>(4), zero, 1);
  CHECK(sum.value == zero);
  CHECK(sum.error > 0);
  CHECK(sum.error < 1e-200);
}
