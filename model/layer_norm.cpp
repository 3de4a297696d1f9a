// SPDX-License-Identifier: MIT
#include "model/layer_norm.hpp"

#include "model/vector_math.hpp"

namespace tmm::model {
namespace {

template <class T>
TMM_INLINE void normalize_row(const T* x, T* y, const T* weight, const T* bias, std::size_t d) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t j = 0; j < d; ++j) sum += x[j];
  const T mean = sum / static_cast<T>(d);
  T squares = 0;
#pragma omp simd reduction(+ : squares)
  for (std::size_t j = 0; j < d; ++j) squares += (x[j] - mean) * (x[j] - mean);
  const T scale = T{1} / std::sqrt(squares / static_cast<T>(d) + static_cast<T>(layer_norm_epsilon));
#pragma omp simd
  for (std::size_t j = 0; j < d; ++j) y[j] = (x[j] - mean) * scale * weight[j] + bias[j];
}

template <class T>
TMM_INLINE void all_rows(const LayerNormArguments<T>& a) {
  const std::size_t d = a.x.cols;
  for (std::size_t i = 0; i < a.x.rows; ++i) {
    T* x = a.x.row(i);
    normalize_row<T>(x, a.y.row(i), a.weight, a.bias, d);
    if (a.column_shift != nullptr) {
#pragma omp simd
      for (std::size_t j = 0; j < d; ++j) x[j] += a.column_shift[j];
    }
    if (a.row_shift != nullptr) {
      const T shift = a.row_shift[i];
#pragma omp simd
      for (std::size_t j = 0; j < d; ++j) x[j] += shift;
    }
  }
}

}  // namespace

TMM_VECTOR_CLONES void layer_norm(const LayerNormArguments<float>& arguments) {
  all_rows(arguments);
}

void layer_norm(const LayerNormArguments<double>& arguments) {
  all_rows(arguments);
}

}  // namespace tmm::model
