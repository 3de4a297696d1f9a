// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <random>

#include "analysis/dense_oracle.hpp"
#include "analysis/jacobian/linear_map.hpp"

namespace tmm::test {

inline analysis::LinearMap map_of(const Eigen::MatrixXd& a) {
  using Vector = Eigen::Map<Eigen::VectorXd>;
  using Input = Eigen::Map<const Eigen::VectorXd>;
  const auto rows = a.rows(), cols = a.cols();
  return {static_cast<std::size_t>(rows), static_cast<std::size_t>(cols),
          [=](std::span<const double> x, std::span<double> y) {
            Vector(y.data(), rows) = a * Input(x.data(), cols);
          },
          [=](std::span<const double> u, std::span<double> g) {
            Vector(g.data(), cols) = a.transpose() * Input(u.data(), rows);
          }};
}

inline Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index cols, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(rows, cols, [&] { return normal(engine); });
}

/// Of these singular values, with random singular vectors.
inline Eigen::MatrixXd with_values(Eigen::Index rows, Eigen::Index cols, const Eigen::VectorXd& sigma,
                                   unsigned seed) {
  const Eigen::Index q = sigma.size();
  const Eigen::MatrixXd u = orthonormal_columns(random_matrix(rows, rows, seed));
  const Eigen::MatrixXd v = orthonormal_columns(random_matrix(cols, cols, seed + 1));
  return u.leftCols(q) * sigma.asDiagonal() * v.leftCols(q).transpose();
}

}  // namespace tmm::test
