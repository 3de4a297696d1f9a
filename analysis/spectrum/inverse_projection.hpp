// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include <functional>
#include <span>

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

/// M = Yᵀ (J T_n(b)) Y in balls of `precision` bits, `inverse` = b: of order Y.cols(), symmetric. Where Y
/// allows, integer_projection.hpp has it faster.
void project_inverse(BallMatrix& M, const BallSeries& inverse, const Eigen::MatrixXd& Y, long precision);

/// How precisely to project the inverse of T_n(a), and at what price.
struct ProjectionEffort {
  double bits = 256;         ///< to begin with
  double guard_bits = 0;     ///< kept below the smallest eigenvalue of interest, 1/largest_value
  double largest_value = 0;  ///< in the units of the taps
  /// Cap of the work n·k·(k + 40)·bits (k series products, k²/2 inner products of length n) of all attempts
  /// together; 2e10 are about a second.
  double largest_work = 0;
};

/// Projects the inverse of T_n(a), taps[0] ≠ 0, on the columns of `basis` with more and more bits, until they
/// suffice and `use`, called with the projection (which it may destroy) and its bits, asks for no more: false
/// makes half as many again. False if that takes more than the effort, or twelve attempts.
bool project_with_enough_bits(std::span<const long double> taps, const Eigen::MatrixXd& basis,
                              const ProjectionEffort& effort,
                              const std::function<bool(BallMatrix& M, long precision)>& use);

}  // namespace tmm::analysis
