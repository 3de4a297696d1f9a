// SPDX-License-Identifier: MIT
#include "model/network/gelu.hpp"

#include <numbers>

#include "model/base/vector_math.hpp"

namespace tmm::model {
namespace {

template <class T>
constexpr T two_roots = static_cast<T>(1.5957691216057307117597842397375275);  // 2√(2/π)
template <class T>
constexpr T cubic = static_cast<T>(0.044715);

template <class T>
struct ValueAndSlope {
  T value, slope;
};

struct TanhForm {
  template <class T>
  TMM_INLINE static ValueAndSlope<T> at(T z) {
    const T sigmoid = T{1} / (T{1} + fast_exp(-two_roots<T> * (z + cubic<T> * z * z * z)));
    const T value = z * sigmoid, inner = two_roots<T> * (T{1} + 3 * cubic<T> * z * z);
    return {value, sigmoid + value * (T{1} - sigmoid) * inner};
  }
};

struct ExactForm {
  template <class T>
  TMM_INLINE static ValueAndSlope<T> at(T z) {
    constexpr T root_half = std::numbers::sqrt2_v<T> / 2;
    constexpr T density = std::numbers::inv_sqrtpi_v<T> * root_half;  // φ(0)
    const T probability = std::erfc(-z * root_half) / 2;
    return {z * probability, probability + z * density * fast_exp(-z * z / 2)};
  }
};

template <class Form, class T>
TMM_INLINE void forth(MatrixView<const T> x, const T* bias, MatrixView<T> y) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T* to = y.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) to[j] = Form::at(from[j] + bias[j]).value;
  }
}

template <class Form, class T>
TMM_INLINE void along(MatrixView<const T> x, const T* bias, MatrixView<T> tangent) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T* t = tangent.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) t[j] *= Form::at(from[j] + bias[j]).slope;
  }
}

template <class Form, class T>
TMM_INLINE void back(MatrixView<const T> x, const T* bias, MatrixView<T> gradient, T* bias_gradient,
                     MatrixView<T> y) {
  for (std::size_t i = 0; i < x.rows; ++i) {
    const T* from = x.row(i);
    T *g = gradient.row(i), *to = y.row(i);
#pragma omp simd
    for (std::size_t j = 0; j < x.cols; ++j) {
      const auto [value, slope] = Form::at(from[j] + bias[j]);
      to[j] = value;
      g[j] *= slope;
      bias_gradient[j] += g[j];
    }
  }
}

}  // namespace

TMM_VECTOR_CLONES void gelu_tanh_with_column_bias(MatrixView<const float> x, const float* bias,
                                                  MatrixView<float> y) {
  forth<TanhForm>(x, bias, y);
}

void gelu_tanh_with_column_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y) {
  forth<TanhForm>(x, bias, y);
}

void gelu_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y) {
  forth<ExactForm>(x, bias, y);
}

void gelu_with_column_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y) {
  forth<ExactForm>(x, bias, y);
}

TMM_VECTOR_CLONES void gelu_tanh_tangent_with_column_bias(MatrixView<const float> x, const float* bias,
                                                          MatrixView<float> tangent) {
  along<TanhForm>(x, bias, tangent);
}

void gelu_tanh_tangent_with_column_bias(MatrixView<const double> x, const double* bias,
                                        MatrixView<double> tangent) {
  along<TanhForm>(x, bias, tangent);
}

TMM_VECTOR_CLONES void gelu_tangent_with_column_bias(MatrixView<const float> x, const float* bias,
                                                     MatrixView<float> tangent) {
  along<ExactForm>(x, bias, tangent);
}

void gelu_tangent_with_column_bias(MatrixView<const double> x, const double* bias,
                                   MatrixView<double> tangent) {
  along<ExactForm>(x, bias, tangent);
}

TMM_VECTOR_CLONES void gelu_tanh_gradient_with_column_bias(MatrixView<const float> x, const float* bias,
                                                           MatrixView<float> gradient, float* bias_gradient,
                                                           MatrixView<float> y) {
  back<TanhForm>(x, bias, gradient, bias_gradient, y);
}

void gelu_tanh_gradient_with_column_bias(MatrixView<const double> x, const double* bias,
                                         MatrixView<double> gradient, double* bias_gradient,
                                         MatrixView<double> y) {
  back<TanhForm>(x, bias, gradient, bias_gradient, y);
}

void gelu_gradient_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> gradient,
                                    float* bias_gradient, MatrixView<float> y) {
  back<ExactForm>(x, bias, gradient, bias_gradient, y);
}

void gelu_gradient_with_column_bias(MatrixView<const double> x, const double* bias,
                                    MatrixView<double> gradient, double* bias_gradient,
                                    MatrixView<double> y) {
  back<ExactForm>(x, bias, gradient, bias_gradient, y);
}

}  // namespace tmm::model
