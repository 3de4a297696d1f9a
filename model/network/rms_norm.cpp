// SPDX-License-Identifier: MIT
#include "model/network/rms_norm.hpp"

#include <limits>

#include "model/base/vector_math.hpp"
#include "model/network/shift_row.hpp"

namespace tmm::model {
namespace {

/// 1/√(mean x² + ε)
template <class T>
TMM_INLINE T scale_of_row(const T* x, std::size_t d) {
  T squares = 0;
#pragma omp simd reduction(+ : squares)
  for (std::size_t j = 0; j < d; ++j) squares += x[j] * x[j];
  return T{1} / std::sqrt(squares / static_cast<T>(d) + std::numeric_limits<T>::epsilon());
}

template <class T>
TMM_INLINE void all_rows(const LayerNormArguments<T>& a) {
  const std::size_t d = a.x.cols;
  for (std::size_t i = 0; i < a.x.rows; ++i) {
    const T *x = a.x.row(i), *weight = a.weight, scale = scale_of_row<T>(x, d);
    T* y = a.y.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < d; ++j) y[j] = x[j] * scale * weight[j];
    shift_row(a, i);
  }
}

template <class T>
TMM_INLINE void all_tangent_rows(const NormTangentArguments<T>& a) {
  const std::size_t d = a.x.cols;
  for (std::size_t i = 0; i < a.x.rows; ++i) {
    const T *x = a.x.row(i), *from = a.x_tangent.row(i), *weight = a.weight, scale = scale_of_row<T>(x, d);
    T *to = a.y_tangent.row(i), product = 0;
#pragma omp simd reduction(+ : product)
    for (std::size_t j = 0; j < d; ++j) product += from[j] * (x[j] * scale);
    const T mean_product = product / static_cast<T>(d);
#pragma omp simd
    for (std::size_t j = 0; j < d; ++j) to[j] = (from[j] - x[j] * scale * mean_product) * scale * weight[j];
  }
}

template <class T>
TMM_INLINE void all_gradient_rows(const LayerNormGradientArguments<T>& a) {
  const std::size_t d = a.x.cols;
  for (std::size_t i = 0; i < a.x.rows; ++i) {
    const T *x = a.x.row(i), *gy = a.y_gradient.row(i), *weight = a.weight, scale = scale_of_row<T>(x, d);
    T *gx = a.x_gradient.row(i), *weight_gradient = a.weight_gradient, product = 0;
#pragma omp simd reduction(+ : product)
    for (std::size_t j = 0; j < d; ++j) {
      const T normalized = x[j] * scale;
      product += gy[j] * weight[j] * normalized;
      weight_gradient[j] += gy[j] * normalized;
    }
    const T mean_product = product / static_cast<T>(d);
#pragma omp simd
    for (std::size_t j = 0; j < d; ++j) gx[j] += (gy[j] * weight[j] - x[j] * scale * mean_product) * scale;
  }
}

}  // namespace

TMM_VECTOR_CLONES void rms_norm(const LayerNormArguments<float>& arguments) {
  all_rows(arguments);
}

void rms_norm(const LayerNormArguments<double>& arguments) {
  all_rows(arguments);
}

TMM_VECTOR_CLONES void rms_norm_tangent(const NormTangentArguments<float>& arguments) {
  all_tangent_rows(arguments);
}

void rms_norm_tangent(const NormTangentArguments<double>& arguments) {
  all_tangent_rows(arguments);
}

TMM_VECTOR_CLONES void rms_norm_gradient(const LayerNormGradientArguments<float>& arguments) {
  all_gradient_rows(arguments);
}

void rms_norm_gradient(const LayerNormGradientArguments<double>& arguments) {
  all_gradient_rows(arguments);
}

}  // namespace tmm::model
