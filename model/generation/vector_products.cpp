// SPDX-License-Identifier: MIT
#include "model/generation/vector_products.hpp"

#include <algorithm>

#include "model/base/parallel.hpp"
#include "model/base/vector_math.hpp"

namespace tmm::model {
namespace {

// Below so many products a second thread saves less than waiting for it can cost, on a machine that has other
// work to do: then it waits for a whole slice of the scheduler's time.
constexpr std::size_t least_shared = std::size_t{1} << 19;

template <class T>
TMM_INLINE T row_product(const T* w, const T* x, std::size_t d) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t j = 0; j < d; ++j) sum += w[j] * x[j];
  return sum;
}

template <class T>
TMM_INLINE void all_row_products(MatrixView<const T> w, const T* x, T* y) {
  const std::size_t d = w.cols;
  std::size_t i = 0;
  for (; i + 4 <= w.rows; i += 4) {
    const T *w0 = w.row(i), *w1 = w.row(i + 1), *w2 = w.row(i + 2), *w3 = w.row(i + 3);
    T s0 = 0, s1 = 0, s2 = 0, s3 = 0;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
    for (std::size_t j = 0; j < d; ++j) {
      s0 += w0[j] * x[j];
      s1 += w1[j] * x[j];
      s2 += w2[j] * x[j];
      s3 += w3[j] * x[j];
    }
    y[i] += s0;
    y[i + 1] += s1;
    y[i + 2] += s2;
    y[i + 3] += s3;
  }
  for (; i < w.rows; ++i) y[i] += row_product<T>(w.row(i), x, d);
}

// Four rows at a time: y is read and written once for them.
template <class T>
TMM_INLINE void all_weighted_rows(const T* c, MatrixView<const T> x, T* y) {
  const std::size_t d = x.cols;
  std::size_t i = 0;
  for (; i + 4 <= x.rows; i += 4) {
    const T *x0 = x.row(i), *x1 = x.row(i + 1), *x2 = x.row(i + 2), *x3 = x.row(i + 3);
    const T c0 = c[i], c1 = c[i + 1], c2 = c[i + 2], c3 = c[i + 3];
#pragma omp simd
    for (std::size_t j = 0; j < d; ++j) y[j] += (c0 * x0[j] + c1 * x1[j]) + (c2 * x2[j] + c3 * x3[j]);
  }
  for (; i < x.rows; ++i) {
    const T* row = x.row(i);
    const T factor = c[i];
#pragma omp simd
    for (std::size_t j = 0; j < d; ++j) y[j] += factor * row[j];
  }
}

TMM_VECTOR_CLONES void row_products(MatrixView<const float> w, const float* x, float* y) {
  all_row_products(w, x, y);
}

void row_products(MatrixView<const double> w, const double* x, double* y) {
  all_row_products(w, x, y);
}

/// Pieces are whole groups of four rows, so that every row is summed the same way in any of them.
template <class T>
void share_rows(MatrixView<const T> w, const T* x, T* y, std::size_t threads) {
  if (threads <= 1 || w.rows * w.cols < least_shared) return row_products(w, x, y);
  const std::size_t piece = ((w.rows + threads - 1) / threads + 3) / 4 * 4;
  parallel_for((w.rows + piece - 1) / piece, threads, [&](std::size_t i, std::size_t) {
    const std::size_t first = i * piece;
    row_products(w.middle_rows(first, std::min(piece, w.rows - first)), x, y + first);
  });
}

}  // namespace

void add_matrix_vector(MatrixView<const float> w, const float* x, float* y, std::size_t threads) {
  share_rows(w, x, y, threads);
}

void add_matrix_vector(MatrixView<const double> w, const double* x, double* y, std::size_t threads) {
  share_rows(w, x, y, threads);
}

TMM_VECTOR_CLONES void add_weighted_rows(const float* c, MatrixView<const float> x, float* y) {
  all_weighted_rows(c, x, y);
}

void add_weighted_rows(const double* c, MatrixView<const double> x, double* y) {
  all_weighted_rows(c, x, y);
}

}  // namespace tmm::model
