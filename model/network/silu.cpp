// SPDX-License-Identifier: MIT
#include "model/network/silu.hpp"

#include "model/base/vector_math.hpp"

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

template <class T>
struct ValueAndSlope {
  T value, slope;
};

template <class T>
TMM_INLINE ValueAndSlope<T> silu_with_slope(T z) {
  const T sigmoid = T{1} / (T{1} + fast_exp(-z)), value = z * sigmoid;
  return {value, sigmoid + value * (T{1} - sigmoid)};
}

template <class T>
TMM_INLINE void column_bias_tangent(MatrixView<const T> x, const T* bias, MatrixView<T> tangent) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T* t = tangent.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) t[j] *= silu_with_slope(from[j] + bias[j]).slope;
  }
}

template <class T>
TMM_INLINE void row_bias_tangent(MatrixView<const T> x, const T* bias, MatrixView<T> tangent) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T* t = tangent.row(i);
    const T shift = bias[i];
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) t[j] *= silu_with_slope(from[j] + shift).slope;
  }
}

template <class T>
TMM_INLINE void column_bias_gradient(MatrixView<const T> x, const T* bias, MatrixView<T> gradient,
                                     T* bias_gradient, MatrixView<T> y) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T *g = gradient.row(i), *to = y.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) {
      const auto [value, slope] = silu_with_slope(from[j] + bias[j]);
      to[j] = value;
      g[j] *= slope;
      bias_gradient[j] += g[j];
    }
  }
}

template <class T>
TMM_INLINE void row_bias_gradient(MatrixView<const T> x, const T* bias, MatrixView<T> gradient,
                                  T* bias_gradient) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T* g = gradient.row(i);
    const T shift = bias[i];
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t j = 0; j < x.cols; ++j) {
      g[j] *= silu_with_slope(from[j] + shift).slope;
      sum += g[j];
    }
    bias_gradient[i] += sum;
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

TMM_VECTOR_CLONES void silu_tangent_with_column_bias(MatrixView<const float> x, const float* bias,
                                                     MatrixView<float> tangent) {
  column_bias_tangent(x, bias, tangent);
}

void silu_tangent_with_column_bias(MatrixView<const double> x, const double* bias,
                                   MatrixView<double> tangent) {
  column_bias_tangent(x, bias, tangent);
}

TMM_VECTOR_CLONES void silu_tangent_with_row_bias(MatrixView<const float> x, const float* bias,
                                                  MatrixView<float> tangent) {
  row_bias_tangent(x, bias, tangent);
}

void silu_tangent_with_row_bias(MatrixView<const double> x, const double* bias, MatrixView<double> tangent) {
  row_bias_tangent(x, bias, tangent);
}

TMM_VECTOR_CLONES void silu_gradient_with_column_bias(MatrixView<const float> x, const float* bias,
                                                      MatrixView<float> gradient, float* bias_gradient,
                                                      MatrixView<float> y) {
  column_bias_gradient(x, bias, gradient, bias_gradient, y);
}

void silu_gradient_with_column_bias(MatrixView<const double> x, const double* bias,
                                    MatrixView<double> gradient, double* bias_gradient,
                                    MatrixView<double> y) {
  column_bias_gradient(x, bias, gradient, bias_gradient, y);
}

TMM_VECTOR_CLONES void silu_gradient_with_row_bias(MatrixView<const float> x, const float* bias,
                                                   MatrixView<float> gradient, float* bias_gradient) {
  row_bias_gradient(x, bias, gradient, bias_gradient);
}

void silu_gradient_with_row_bias(MatrixView<const double> x, const double* bias, MatrixView<double> gradient,
                                 double* bias_gradient) {
  row_bias_gradient(x, bias, gradient, bias_gradient);
}

}  // namespace tmm::model
