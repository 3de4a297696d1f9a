// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

namespace tmm::test {

// Eigen's decompositions of dense matrices, the peers of what is tested. They stand in one source: to compile
// one of them takes longer than to compile a file of tests.

using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

/// Descending, by Jacobi rotations; of a large real matrix by divide and conquer, which is faster and loses a
/// digit.
Eigen::VectorXd singular_values(const Eigen::MatrixXd& a);
Eigen::VectorXd singular_values(const Eigen::MatrixXcd& a);
Eigen::Matrix<long double, Eigen::Dynamic, 1> singular_values(const LongMatrix& a);

/// Of a symmetric matrix, ascending.
Eigen::VectorXd symmetric_eigenvalues(const Eigen::MatrixXd& a);

/// Of any square matrix, in no order.
Eigen::VectorXcd eigenvalues(const Eigen::MatrixXcd& a);

/// The first columns of the factor Q of a = QR, as many as a has.
Eigen::MatrixXd orthonormal_columns(const Eigen::MatrixXd& a);

}  // namespace tmm::test
