// SPDX-License-Identifier: MIT
#include "analysis/spectrum/inverse_projection.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace tmm::analysis {

using Eigen::Index, Eigen::MatrixXd;

// (J T(b) y)_i is coefficient n−1−i of the series b·y.
void project_inverse(BallMatrix& M, const BallSeries& inverse, const MatrixXd& Y, long precision) {
  const Index n = Y.rows(), k = Y.cols();
  BallSeries column, product;
  std::vector<BallSeries> columns(static_cast<std::size_t>(k));
  for (Index j = 0; j < k; ++j) {
    const Eigen::VectorXd reversed = Y.col(j).reverse();
    set_series(columns[static_cast<std::size_t>(j)], std::span(reversed.data(), static_cast<std::size_t>(n)));
  }
  for (Index j = 0; j < k; ++j) {
    set_series(column, std::span(Y.col(j).data(), static_cast<std::size_t>(n)));
    arb_poly_mullow(product.get(), inverse.get(), column.get(), n, precision);
    for (Index i = 0; i <= j; ++i) {
      const auto* y = columns[static_cast<std::size_t>(i)].get();
      const slong length = std::min(arb_poly_length(y), arb_poly_length(product.get()));
      arb_dot(M(i, j), nullptr, 0, y->coeffs, 1, product.get()->coeffs, 1, length, precision);
      arb_set(M(j, i), M(i, j));
    }
  }
}

}  // namespace tmm::analysis
