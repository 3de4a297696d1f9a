// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <memory>
#include <vector>

#include "model/toeplitz/fft.hpp"
#include "model/toeplitz/linear_operator.hpp"

namespace tmm::model {

/// The lower triangular Toeplitz matrix T = T_n(a) of a causal layer, (T x)_t = Σ_{s≤t} w_{t−s} x_s: the n×n
/// finite section of the operator with symbol a(z) = Σ_k w_k z^k. Immutable, and safe to use from many
/// threads.
///
/// Products take O(n log n) by FFT from `direct_below` on; below it the O(n²) sum is faster. The sum is
/// accurate in every component; an FFT product is accurate relative to ‖w‖‖x‖, not component by component.
class CausalToeplitz {
 public:
  using Scalar = double;

  /// Order at which one FFT product starts to beat the direct sum (tests/bench/product.cpp prints both).
  static constexpr Eigen::Index direct_below = 64;

  /// taps[k] = w_k. Throws ArgumentError if there is none or one is not finite.
  explicit CausalToeplitz(std::vector<double> taps);

  [[nodiscard]] Eigen::Index rows() const { return static_cast<Eigen::Index>(taps_.size()); }
  [[nodiscard]] Eigen::Index cols() const { return rows(); }
  [[nodiscard]] const std::vector<double>& taps() const { return taps_; }

  /// y = T x for n values each; x and y must not overlap.
  void perform_op(const double* x, double* y) const;

  /// T x. This and the two below throw ArgumentError if x does not have n entries.
  [[nodiscard]] Eigen::VectorXd apply(const Eigen::VectorXd& x) const;
  /// Tᵀ x = J T J x, J the reversal.
  [[nodiscard]] Eigen::VectorXd apply_adjoint(const Eigen::VectorXd& x) const;
  /// T⁻¹ y by blocked forward substitution, O(n log² n). The result is the exact solution of a nearby
  /// triangular system; where 1/a grows beyond the double range it holds ±∞ or NaN. Throws ArgumentError if
  /// w_0 = 0 (T is singular).
  [[nodiscard]] Eigen::VectorXd solve(const Eigen::VectorXd& y) const;
  /// Taps of T⁻¹ = T_n(b), b = 1/a mod z^n: solve(e_0), with its errors.
  [[nodiscard]] std::vector<double> inverse_taps() const;
  /// The matrix itself, O(n²) memory.
  [[nodiscard]] Eigen::MatrixXd dense() const;

 private:
  std::vector<double> taps_;
  std::shared_ptr<const RealFft<double>> fft_;     // of length ≥ 2n − 1; null below direct_below
  AlignedVector<std::complex<double>> transform_;  // of the zero-padded taps, divided by the length
};

/// The real symmetric Hankel matrix J T, (J T)_{ij} = w_{n−1−i−j} (0 beyond): its eigenvalues are ± the
/// singular values of T, because J is orthogonal.
class ReversedToeplitz {
 public:
  using Scalar = double;

  explicit ReversedToeplitz(CausalToeplitz toeplitz) : toeplitz_(std::move(toeplitz)) {}
  [[nodiscard]] Eigen::Index rows() const { return toeplitz_.rows(); }
  [[nodiscard]] Eigen::Index cols() const { return toeplitz_.cols(); }
  [[nodiscard]] const CausalToeplitz& toeplitz() const { return toeplitz_; }
  void perform_op(const double* x, double* y) const;  ///< y = J T x
  [[nodiscard]] Eigen::MatrixXd dense() const;

 private:
  CausalToeplitz toeplitz_;
};

static_assert(LinearOperator<CausalToeplitz> && LinearOperator<ReversedToeplitz>);

}  // namespace tmm::model
