// SPDX-License-Identifier: MIT
#include "model/network/causal_softmax.hpp"

#include <algorithm>

#include "model/base/vector_math.hpp"

namespace tmm::model {
namespace {

/// The first `count` of `end` scores; returns the logarithm of their sum of exponentials.
template <class T>
TMM_INLINE T softmax_row(T* s, std::size_t count, std::size_t end) {
  T largest = s[0];
#pragma omp simd reduction(max : largest)
  for (std::size_t j = 0; j < count; ++j) largest = s[j] > largest ? s[j] : largest;
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t j = 0; j < count; ++j) {
    const T e = fast_exp(s[j] - largest);
    s[j] = e;
    sum += e;
  }
  const T inverse = T{1} / sum;
#pragma omp simd
  for (std::size_t j = 0; j < count; ++j) s[j] *= inverse;
  std::fill(s + count, s + end, T{0});
  return largest + std::log(sum);
}

template <class T>
TMM_INLINE void softmax_rows(MatrixView<T> scores, std::size_t first, MatrixView<T> log_sums) {
  for (std::size_t i = 0; i < scores.rows; ++i)
    log_sums.row(first + i)[0] = softmax_row(scores.row(i), first + i + 1, scores.cols);
}

template <class T>
TMM_INLINE void tangent_rows(const CausalSoftmaxTangent<T>& a) {
  for (std::size_t i = 0; i < a.scores.rows; ++i) {
    T *s = a.scores.row(i), *g = a.tangent.row(i);
    const T log_sum = a.log_sums.row(a.first + i)[0];
    const std::size_t count = a.first + i + 1, end = a.scores.cols;
    T mean = 0;
#pragma omp simd reduction(+ : mean)
    for (std::size_t j = 0; j < count; ++j) {
      const T p = fast_exp(s[j] - log_sum);
      s[j] = p;
      mean += p * g[j];
    }
#pragma omp simd
    for (std::size_t j = 0; j < count; ++j) g[j] = s[j] * (g[j] - mean);
    std::fill(s + count, s + end, T{0});
    std::fill(g + count, g + end, T{0});
  }
}

template <class T>
TMM_INLINE void gradient_rows(const CausalSoftmaxGradient<T>& a) {
  for (std::size_t i = 0; i < a.scores.rows; ++i) {
    const T *y = a.y.row(i), *gy = a.gy.row(i);
    T mean = 0;
#pragma omp simd reduction(+ : mean)
    for (std::size_t e = 0; e < a.y.cols; ++e) mean += y[e] * gy[e];
    T *s = a.scores.row(i), *g = a.gradient.row(i);
    const T log_sum = a.log_sums.row(a.first + i)[0];
    const std::size_t count = a.first + i + 1, end = a.scores.cols;
#pragma omp simd
    for (std::size_t j = 0; j < count; ++j) {
      const T p = fast_exp(s[j] - log_sum);
      s[j] = p;
      g[j] = p * (g[j] - mean);
    }
    std::fill(s + count, s + end, T{0});
    std::fill(g + count, g + end, T{0});
  }
}

}  // namespace

TMM_VECTOR_CLONES void causal_softmax(MatrixView<float> scores, std::size_t first,
                                      MatrixView<float> log_sums) {
  softmax_rows(scores, first, log_sums);
}

void causal_softmax(MatrixView<double> scores, std::size_t first, MatrixView<double> log_sums) {
  softmax_rows(scores, first, log_sums);
}

TMM_VECTOR_CLONES void causal_softmax_tangent(const CausalSoftmaxTangent<float>& arguments) {
  tangent_rows(arguments);
}

void causal_softmax_tangent(const CausalSoftmaxTangent<double>& arguments) {
  tangent_rows(arguments);
}

TMM_VECTOR_CLONES void causal_softmax_gradient(const CausalSoftmaxGradient<float>& arguments) {
  gradient_rows(arguments);
}

void causal_softmax_gradient(const CausalSoftmaxGradient<double>& arguments) {
  gradient_rows(arguments);
}

}  // namespace tmm::model
