// SPDX-License-Identifier: MIT
#include "model/network/cross_entropy.hpp"

#include "model/base/vector_math.hpp"

namespace tmm::model {
namespace {

// Rows are walked in pieces: sums of at most this many terms in T, their sum in double (v may be 1e5).
constexpr std::size_t piece = 256;

/// Position of the first of the largest entries.
template <class T>
TMM_INLINE std::size_t position_of_largest(const T* x, std::size_t v) {
  T largest = x[0];
  std::size_t holder = 0;  // start of the first piece that holds the largest
  for (std::size_t first = 0; first < v; first += piece) {
    const std::size_t last = first + piece < v ? first + piece : v;
    T here = x[first];
#pragma omp simd reduction(max : here)
    for (std::size_t j = first; j < last; ++j) here = x[j] > here ? x[j] : here;
    if (here > largest) {
      largest = here;
      holder = first;
    }
  }
  while (holder + 1 < v && !(x[holder] == largest)) ++holder;
  return holder;
}

/// Σ e^{x_j − top} over first ≤ j < last.
template <class T>
TMM_INLINE double sum_of_exponentials(const T* x, std::size_t first, std::size_t last, T top) {
  double total = 0;
  for (; first < last; first += piece) {
    const std::size_t end = first + piece < last ? first + piece : last;
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t j = first; j < end; ++j) sum += fast_exp(x[j] - top);
    total += static_cast<double>(sum);
  }
  return total;
}

template <class T>
TMM_INLINE TokenLoss one_row(const T* x, std::size_t v, std::size_t label) {
  const std::size_t best = position_of_largest(x, v);
  // The largest term, 1, stays out of the sum: losses far below 1e-7 keep their digits.
  const double others =
      sum_of_exponentials(x, 0, best, x[best]) + sum_of_exponentials(x, best + 1, v, x[best]);
  const double gap = static_cast<double>(x[best]) - static_cast<double>(x[label]);
  return {std::log1p(others) + gap, true, best == label};
}

/// x_j ← e^{x_j − top} over first ≤ j < last; their sum.
template <class T>
TMM_INLINE double make_exponentials(T* x, std::size_t first, std::size_t last, T top) {
  double total = 0;
  for (; first < last; first += piece) {
    const std::size_t end = first + piece < last ? first + piece : last;
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t j = first; j < end; ++j) {
      x[j] = fast_exp(x[j] - top);
      sum += x[j];
    }
    total += static_cast<double>(sum);
  }
  return total;
}

template <class T>
TMM_INLINE double gradient_row(T* x, std::size_t v, std::size_t label, double scale) {
  const std::size_t best = position_of_largest<T>(x, v);
  const T top = x[best];
  const double gap = static_cast<double>(top) - static_cast<double>(x[label]);
  const double others = make_exponentials(x, 0, best, top) + make_exponentials(x, best + 1, v, top);
  x[best] = 1;
  const T factor = static_cast<T>(scale / (1 + others));
#pragma omp simd
  for (std::size_t j = 0; j < v; ++j) x[j] *= factor;
  // p − 1 of a label that is nearly certain has no digits left; minus what the others have keeps all.
  x[label] =
      label == best ? static_cast<T>(-scale * others / (1 + others)) : x[label] - static_cast<T>(scale);
  return std::log1p(others) + gap;
}

template <class T>
TMM_INLINE double all_gradient_rows(MatrixView<T> logits, const std::int32_t* labels, double scale) {
  double total = 0;
  for (std::size_t i = 0; i < logits.rows; ++i) {
    T* x = logits.row(i);
    if (labels[i] != ignored_label)
      total += gradient_row(x, logits.cols, static_cast<std::size_t>(labels[i]), scale);
    else
      for (std::size_t j = 0; j < logits.cols; ++j) x[j] = 0;
  }
  return total;
}

template <class T>
TMM_INLINE void all_rows(MatrixView<const T> logits, const std::int32_t* labels, TokenLoss* out) {
  for (std::size_t i = 0; i < logits.rows; ++i)
    out[i] = labels[i] == ignored_label
                 ? TokenLoss{}
                 : one_row<T>(logits.row(i), logits.cols, static_cast<std::size_t>(labels[i]));
}

}  // namespace

TMM_VECTOR_CLONES void cross_entropy(MatrixView<const float> logits, const std::int32_t* labels,
                                     TokenLoss* out) {
  all_rows(logits, labels, out);
}

void cross_entropy(MatrixView<const double> logits, const std::int32_t* labels, TokenLoss* out) {
  all_rows(logits, labels, out);
}

TMM_VECTOR_CLONES double cross_entropy_gradient(MatrixView<float> logits, const std::int32_t* labels,
                                                double scale) {
  return all_gradient_rows(logits, labels, scale);
}

double cross_entropy_gradient(MatrixView<double> logits, const std::int32_t* labels, double scale) {
  return all_gradient_rows(logits, labels, scale);
}

}  // namespace tmm::model
