// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

namespace tmm::analysis {

/// A real symmetric k×k matrix written as a graded sum,
///   S = Σ_j sign_j · 2^{exponent_j} · v_j v_jᵀ + remainder ,
/// whose weights may span hundreds of decades. Summed up, S would keep only its largest eigenvalues; from
/// this form every eigenvalue is computable to high relative accuracy as long as the v_j are well
/// conditioned.
struct GradedSum {
  struct Weight {
    long double exponent;  ///< base 2, any fraction
    int sign;              ///< ±1
  };

  Eigen::MatrixXd directions;   ///< v_j as columns, k × q
  std::vector<Weight> weights;  ///< q of them, in any order
  Eigen::MatrixXd remainder;    ///< k × k, an ordinary matrix
};

struct GradedEigenvalues {
  std::vector<long double> exponents;  ///< log2|λ|, descending; −∞ for λ = 0
  /// Smallest sine of the angle between a direction and the span of those with larger weights, among the
  /// first k.
  double smallest_angle = 1;
  /// ‖V⁺‖_F of the first k unit directions V. A relative error ε in each is one of (I + δV V⁺), so it changes
  /// every eigenvalue by at most about 2 ε ‖V⁺‖ of itself; many small angles make that far more than ε
  /// divided by the smallest.
  double condition = 1;
  bool converged = false;
};

/// |eigenvalues| of a graded sum. Directions are sorted by weight and made triangular by QR, which turns S
/// into a matrix graded along its diagonal; where the weights drop by more than 2^70 it decouples into
/// blocks; each block is solved by pivoted QR and one-sided Jacobi rotations (Demmel, Gu, Eisenstat,
/// Slapničar, Veselić, Drmač, "Computing the singular value decomposition with high relative accuracy",
/// 1999), in long double where a block spans more than the range of double. Not converged where one spans
/// even more.
GradedEigenvalues graded_eigenvalues(const GradedSum& sum);

}  // namespace tmm::analysis
