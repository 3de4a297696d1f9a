// SPDX-License-Identifier: MIT
#include "analysis/spectrum/scaled_jacobi.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

using Eigen::Index, Eigen::MatrixXd;

TEST_CASE("rotations make columns of any size orthogonal, and are orthogonal") {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (const long step : {0L, 3L, 40L, 300L, 5000L}) {
    constexpr Index k = 7;
    MatrixXd F(k, k);
    for (Index i = 0; i < F.size(); ++i) F.data()[i] = normal(random);
    std::vector<long> exponents;
    for (long j = 0; j < k; ++j) exponents.push_back(-step * (j / 2) + j % 2);  // in pairs, not in order
    const MatrixXd Z = tmm::analysis::scaled_jacobi(F, exponents), N = F * Z;
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j < i; ++j)
        CHECK(std::fabs(N.col(i).dot(N.col(j))) <= 1e-13 * N.col(i).norm() * N.col(j).norm());
    // V = D⁻¹ Z D; what overflows would not be orthogonal.
    MatrixXd V(k, k);
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j < k; ++j)
        V(i, j) = std::ldexp(Z(i, j), static_cast<int>(exponents[static_cast<std::size_t>(j)] -
                                                       exponents[static_cast<std::size_t>(i)]));
    CHECK((V.transpose() * V - MatrixXd::Identity(k, k)).norm() <= 1e-13);
  }
}
