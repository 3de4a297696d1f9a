// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

namespace tmm::analysis {

/// AᵀB by BLAS, several times faster than Eigen's portable kernels. The caller decides about BLAS threads.
Eigen::MatrixXd transpose_times(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B);

/// B ← L B for the lower triangle of L, at half the work of a product.
void lower_times(const Eigen::MatrixXd& L, Eigen::MatrixXd& B);

/// The upper triangle of AᵀA; 0 below it.
Eigen::MatrixXd gram(const Eigen::MatrixXd& A);

/// A ← A U⁻¹ for the upper triangle of U, in the same way.
void times_inverse_of_upper(Eigen::MatrixXd& A, const Eigen::MatrixXd& U);

}  // namespace tmm::analysis
