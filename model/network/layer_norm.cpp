// SPDX-License-Identifier: MIT
#include "model/network/layer_norm.hpp"

#include "model/base/vector_math.hpp"
#include "model/network/shift_row.hpp"

namespace tmm::model {
namespace {

template <class T>
struct RowStatistics {
  T mean, scale;  // scale = 1/√(var + ε)
};

template <class T>
TMM_INLINE RowStatistics<T> statistics_of_row(const T* x, std::size_t d) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t j = 0; j < d; ++j) sum += x[j];
  const T mean = sum / static_cast<T>(d);
  T squares = 0;
#pragma omp simd reduction(+ : squares)
  for (std::size_t j = 0; j < d; ++j) squares += (x[j] - mean) * (x[j] - mean);
  return {mean, T{1} / std::sqrt(squares / static_cast<T>(d) + static_cast<T>(layer_norm_epsilon))};
}

template <class T>
TMM_INLINE void normalize_row(const T* x, T* y, const T* weight, const T* bias, std::size_t d) {
  const auto statistics = statistics_of_row(x, d);
  const T mean = statistics.mean,
          scale = statistics.scale;  // a structured binding cannot enter an OpenMP loop
#pragma omp simd
  for (std::size_t j = 0; j < d; ++j) y[j] = (x[j] - mean) * scale * weight[j] + bias[j];
}

template <class T>
TMM_INLINE void all_rows(const LayerNormArguments<T>& a) {
  for (std::size_t i = 0; i < a.x.rows; ++i) {
    normalize_row<T>(a.x.row(i), a.y.row(i), a.weight, a.bias, a.x.cols);
    shift_row(a, i);
  }
}

template <class T>
TMM_INLINE void gradient_row(const LayerNormGradientArguments<T>& a, std::size_t i) {
  const std::size_t d = a.x.cols;
  const T *x = a.x.row(i), *gy = a.y_gradient.row(i), *weight = a.weight;
  T *gx = a.x_gradient.row(i), *weight_gradient = a.weight_gradient, *bias_gradient = a.bias_gradient;
  const auto statistics = statistics_of_row(x, d);
  const T mean = statistics.mean, scale = statistics.scale;
  T sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
  for (std::size_t j = 0; j < d; ++j) {
    const T normalized = (x[j] - mean) * scale, h = gy[j] * weight[j];
    sum += h;
    product += h * normalized;
    weight_gradient[j] += gy[j] * normalized;
    bias_gradient[j] += gy[j];
  }
  const T mean_h = sum / static_cast<T>(d), mean_product = product / static_cast<T>(d);
#pragma omp simd
  for (std::size_t j = 0; j < d; ++j) {
    const T normalized = (x[j] - mean) * scale;
    gx[j] += (gy[j] * weight[j] - mean_h - normalized * mean_product) * scale;
  }
}

template <class T>
TMM_INLINE void tangent_row(const NormTangentArguments<T>& a, std::size_t i) {
  const std::size_t d = a.x.cols;
  const T *x = a.x.row(i), *from = a.x_tangent.row(i), *weight = a.weight;
  T* to = a.y_tangent.row(i);
  const auto statistics = statistics_of_row(x, d);
  const T mean = statistics.mean, scale = statistics.scale;
  T sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
  for (std::size_t j = 0; j < d; ++j) {
    sum += from[j];
    product += from[j] * ((x[j] - mean) * scale);
  }
  const T mean_tangent = sum / static_cast<T>(d), mean_product = product / static_cast<T>(d);
#pragma omp simd
  for (std::size_t j = 0; j < d; ++j) {
    const T normalized = (x[j] - mean) * scale;
    to[j] = (from[j] - mean_tangent - normalized * mean_product) * scale * weight[j];
  }
}

template <class T>
TMM_INLINE void all_tangent_rows(const NormTangentArguments<T>& a) {
  for (std::size_t i = 0; i < a.x.rows; ++i) tangent_row(a, i);
}

template <class T>
TMM_INLINE void all_gradient_rows(const LayerNormGradientArguments<T>& a) {
  for (std::size_t i = 0; i < a.x.rows; ++i) gradient_row(a, i);
}

}  // namespace

TMM_VECTOR_CLONES void layer_norm(const LayerNormArguments<float>& arguments) {
  all_rows(arguments);
}

void layer_norm(const LayerNormArguments<double>& arguments) {
  all_rows(arguments);
}

TMM_VECTOR_CLONES void layer_norm_tangent(const NormTangentArguments<float>& arguments) {
  all_tangent_rows(arguments);
}

void layer_norm_tangent(const NormTangentArguments<double>& arguments) {
  all_tangent_rows(arguments);
}

TMM_VECTOR_CLONES void layer_norm_gradient(const LayerNormGradientArguments<float>& arguments) {
  all_gradient_rows(arguments);
}

void layer_norm_gradient(const LayerNormGradientArguments<double>& arguments) {
  all_gradient_rows(arguments);
}

}  // namespace tmm::model
