// SPDX-License-Identifier: MIT
#include "analysis/spectrum/dense_product.hpp"

#include <cblas.h>

#include "model/base/blas_buffers.hpp"
#include "model/base/blas_threads.hpp"

namespace tmm::analysis {

Eigen::MatrixXd transpose_times(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B) {
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  Eigen::MatrixXd product(A.cols(), B.cols());
  const auto rows = static_cast<blasint>(A.rows());
  cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, static_cast<blasint>(A.cols()),
              static_cast<blasint>(B.cols()), rows, 1, A.data(), rows, B.data(), rows, 0, product.data(),
              static_cast<blasint>(A.cols()));
  return product;
}

void lower_times(const Eigen::MatrixXd& L, Eigen::MatrixXd& B) {
  const model::OneBlasThread one_thread;
  model::require_blas_buffer();
  const auto rows = static_cast<blasint>(B.rows());
  cblas_dtrmm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, rows,
              static_cast<blasint>(B.cols()), 1, L.data(), rows, B.data(), rows);
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
