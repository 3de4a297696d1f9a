// SPDX-License-Identifier: MIT
#include "analysis/spectrum/dense_product.hpp"

#include <cblas.h>

#include "model/base/blas_buffers.hpp"
#include "model/base/blas_threads.hpp"

namespace tmm::analysis {

namespace {

// C ← beta C + AᵀB; beta = 0 does not read C.
void multiply(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B, double beta, Eigen::MatrixXd& C) {
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  const auto rows = static_cast<blasint>(A.rows());
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, static_cast<blasint>(A.cols()),
              static_cast<blasint>(B.cols()), rows, 1, A.data(), rows, B.data(), rows, beta, C.data(),
              static_cast<blasint>(A.cols()));
}

}  // namespace

Eigen::MatrixXd transpose_times(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B) {
  Eigen::MatrixXd product(A.cols(), B.cols());
  multiply(A, B, 0, product);
  return product;
}

void add_transpose_times(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B, Eigen::MatrixXd& C) {
  multiply(A, B, 1, C);
}

Eigen::MatrixXd gram(const Eigen::MatrixXd& A) {
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  Eigen::MatrixXd product = Eigen::MatrixXd::Zero(A.cols(), A.cols());
  const auto rows = static_cast<blasint>(A.rows()), columns = static_cast<blasint>(A.cols());
  cblas_dsyrk(CblasColMajor, CblasUpper, CblasTrans, columns, rows, 1, A.data(), rows, 0, product.data(),
              columns);
  return product;
}

void times_inverse_of_upper(Eigen::MatrixXd& A, const Eigen::MatrixXd& U) {
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  cblas_dtrsm(CblasColMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit,
              static_cast<blasint>(A.rows()), static_cast<blasint>(A.cols()), 1, U.data(),
              static_cast<blasint>(U.rows()), A.data(), static_cast<blasint>(A.rows()));
}

}  // namespace tmm::analysis
