// SPDX-License-Identifier: MIT
#include "analysis/dense_oracle.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <Eigen/SVD>

namespace tmm::test {

Eigen::VectorXd singular_values(const Eigen::MatrixXd& a) {
  if (a.cols() > 128) return Eigen::BDCSVD<Eigen::MatrixXd>(a).singularValues();
  return Eigen::JacobiSVD<Eigen::MatrixXd>(a).singularValues();
}

Eigen::VectorXd singular_values(const Eigen::MatrixXcd& a) {
  return Eigen::JacobiSVD<Eigen::MatrixXcd>(a).singularValues();
}

Eigen::Matrix<long double, Eigen::Dynamic, 1> singular_values(const LongMatrix& a) {
  return Eigen::JacobiSVD<LongMatrix>(a).singularValues();
}

Eigen::VectorXd symmetric_eigenvalues(const Eigen::MatrixXd& a) {
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(a, Eigen::EigenvaluesOnly).eigenvalues();
}

Eigen::VectorXcd eigenvalues(const Eigen::MatrixXcd& a) {
  return Eigen::ComplexEigenSolver<Eigen::MatrixXcd>(a, false).eigenvalues();
}

Eigen::MatrixXd orthonormal_columns(const Eigen::MatrixXd& a) {
  return Eigen::HouseholderQR<Eigen::MatrixXd>(a).householderQ() *
         Eigen::MatrixXd::Identity(a.rows(), a.cols());
}

}  // namespace tmm::test
