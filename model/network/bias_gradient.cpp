// SPDX-License-Identifier: MIT
#include "model/network/bias_gradient.hpp"

#include "model/base/vector_math.hpp"

namespace tmm::model {
namespace {

template <class T>
TMM_INLINE void column_sums(MatrixView<const T> g, T* sums) {
  for (std::size_t i = 0; i < g.rows; ++i) {
    const T* row = g.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < g.cols; ++j) sums[j] += row[j];
  }
}

template <class T>
TMM_INLINE void row_sums(MatrixView<const T> g, T* sums) {
  for (std::size_t i = 0; i < g.rows; ++i) {
    const T* row = g.row(i);
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t j = 0; j < g.cols; ++j) sum += row[j];
    sums[i] += sum;
  }
}

}  // namespace

TMM_VECTOR_CLONES void add_column_sums(MatrixView<const float> g, float* sums) {
  column_sums(g, sums);
}

void add_column_sums(MatrixView<const double> g, double* sums) {
  column_sums(g, sums);
}

TMM_VECTOR_CLONES void add_row_sums(MatrixView<const float> g, float* sums) {
  row_sums(g, sums);
}

void add_row_sums(MatrixView<const double> g, double* sums) {
  row_sums(g, sums);
}

}  // namespace tmm::model
