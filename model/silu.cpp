// SPDX-License-Identifier: MIT
#include "model/silu.hpp"

#include "model/vector_math.hpp"

namespace tmm::model {
namespace {

template <class T>
TMM_INLINE T silu(T x) {
  return x / (T{1} + fast_exp(-x));
}

template <class T>
TMM_INLINE void column_bias(MatrixView<const T> x, const T* bias, MatrixView<T> y) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T* to = y.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) to[j] = silu(from[j] + bias[j]);
  }
}

template <class T>
TMM_INLINE void row_bias(MatrixView<const T> x, const T* bias, MatrixView<T> y) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T* to = y.row(i);
    const T shift = bias[i];
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) to[j] = silu(from[j] + shift);
  }
}

}  // namespace

TMM_VECTOR_CLONES void silu_with_column_bias(MatrixView<const float> x, const float* bias,
                                             MatrixView<float> y) {
  column_bias(x, bias, y);
}

void silu_with_column_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y) {
  column_bias(x, bias, y);
}

TMM_VECTOR_CLONES void silu_with_row_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y) {
  row_bias(x, bias, y);
}

void silu_with_row_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y) {
  row_bias(x, bias, y);
}

}  // namespace tmm::model
