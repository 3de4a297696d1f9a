// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include "analysis/base/arb.hpp"
#include "analysis/spectrum/inverse_series.hpp"

namespace tmm::analysis {

/// A square matrix of balls; owns its memory.
class BallMatrix {
 public:
  explicit BallMatrix(Eigen::Index size) { arb_mat_init(matrix_, size, size); }
  ~BallMatrix() { arb_mat_clear(matrix_); }
  BallMatrix(const BallMatrix&) = delete;
  BallMatrix& operator=(const BallMatrix&) = delete;

  [[nodiscard]] arb_struct* operator()(Eigen::Index i, Eigen::Index j) {
    return arb_mat_entry(matrix_, i, j);
  }
  [[nodiscard]] arb_mat_struct* get() { return matrix_; }

 private:
  arb_mat_t matrix_;
};

/// M = Yᵀ (J T_n(b)) Y in balls of `precision` bits, `inverse` = b: of order Y.cols(), symmetric.
void project_inverse(BallMatrix& M, const BallSeries& inverse, const Eigen::MatrixXd& Y, long precision);

}  // namespace tmm::analysis
