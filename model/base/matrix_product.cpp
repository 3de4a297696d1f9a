// SPDX-License-Identifier: MIT
#include "model/base/matrix_product.hpp"

#include <cblas.h>

#include "model/base/blas_buffers.hpp"

namespace tmm::model {
namespace {

blasint size(std::size_t extent) {
  return static_cast<blasint>(extent);
}

void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, std::size_t k, MatrixView<const float> a,
          MatrixView<const float> b, float beta, MatrixView<float> c, float alpha = 1) {
  require_blas_buffer();
  cblas_sgemm(CblasRowMajor, ta, tb, size(c.rows), size(c.cols), size(k), alpha, a.data, size(a.stride),
              b.data, size(b.stride), beta, c.data, size(c.stride));
}

void gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, std::size_t k, MatrixView<const double> a,
          MatrixView<const double> b, double beta, MatrixView<double> c, double alpha = 1) {
  require_blas_buffer();
  cblas_dgemm(CblasRowMajor, ta, tb, size(c.rows), size(c.cols), size(k), alpha, a.data, size(a.stride),
              b.data, size(b.stride), beta, c.data, size(c.stride));
}

}  // namespace

void multiply(MatrixView<const float> a, MatrixView<const float> b, float beta, MatrixView<float> c) {
  gemm(CblasNoTrans, CblasNoTrans, a.cols, a, b, beta, c);
}

void multiply(MatrixView<const double> a, MatrixView<const double> b, double beta, MatrixView<double> c) {
  gemm(CblasNoTrans, CblasNoTrans, a.cols, a, b, beta, c);
}

void subtract_product(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> c) {
  gemm(CblasNoTrans, CblasNoTrans, a.cols, a, b, 1, c, -1);
}

void subtract_product(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> c) {
  gemm(CblasNoTrans, CblasNoTrans, a.cols, a, b, 1, c, -1);
}

void solve_lower_triangular(MatrixView<const float> a, MatrixView<float> b) {
  require_blas_buffer();
  cblas_strsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, size(b.rows), size(b.cols), 1,
              a.data, size(a.stride), b.data, size(b.stride));
}

void solve_lower_triangular(MatrixView<const double> a, MatrixView<double> b) {
  require_blas_buffer();
  cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, size(b.rows), size(b.cols), 1,
              a.data, size(a.stride), b.data, size(b.stride));
}

void multiply_transposed(MatrixView<const float> a, MatrixView<const float> b, float beta,
                         MatrixView<float> c) {
  gemm(CblasNoTrans, CblasTrans, a.cols, a, b, beta, c);
}

void multiply_transposed(MatrixView<const double> a, MatrixView<const double> b, double beta,
                         MatrixView<double> c) {
  gemm(CblasNoTrans, CblasTrans, a.cols, a, b, beta, c);
}

void transposed_multiply(MatrixView<const float> a, MatrixView<const float> b, float beta,
                         MatrixView<float> c) {
  gemm(CblasTrans, CblasNoTrans, a.rows, a, b, beta, c);
}

void transposed_multiply(MatrixView<const double> a, MatrixView<const double> b, double beta,
                         MatrixView<double> c) {
  gemm(CblasTrans, CblasNoTrans, a.rows, a, b, beta, c);
}

}  // namespace tmm::model
