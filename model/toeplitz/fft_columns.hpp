// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <complex>
#include <cstddef>
#include <span>

#include "model/base/matrix_view.hpp"
#include "model/toeplitz/fft.hpp"
#include "model/toeplitz/multiply_spectra.hpp"

/// How the FFT products along time lay out the columns they work on (fft_toeplitz, fft_toeplitz_gradient,
/// off_diagonal_product).
namespace tmm::model::fft_columns {

/// Channels transposed together: one cache line of a row in float.
inline constexpr std::size_t group = 16;

/// Columns of the transposed copy lie this far apart: whole cache lines, and one more, because lengths are
/// often powers of two and the columns would then compete for one set of the cache.
constexpr std::size_t column_stride(std::size_t length) {
  return (length + 15) / 16 * 16 + 16;
}

/// Columns first … first + count − 1 of x, each contiguous in time and padded by zeros to `length`.
template <class T>
void transpose_padded(MatrixView<const T> x, std::size_t first, std::size_t count, T* columns,
                      std::size_t length) {
  const std::size_t stride = column_stride(length);
  for (std::size_t t = 0; t < x.rows; ++t)
    for (std::size_t c = 0; c < count; ++c) columns[c * stride + t] = x.row(t)[first + c];
  for (std::size_t c = 0; c < count; ++c)
    std::fill(columns + c * stride + x.rows, columns + c * stride + length, T{0});
}

/// Working memory of one product at a time.
template <class T>
struct Scratch {
  AlignedVector<T> columns;  ///< a few channels, each contiguous in time
  AlignedVector<std::complex<T>> spectrum;

  Scratch() = default;
  explicit Scratch(const RealFft<T>& fft)
      : columns(group * column_stride(fft.length())), spectrum(fft.spectrum_size()) {}
};

/// y_j += (w ∗ x)_{offset + j} for every column, cyclic of the length N of `fft`; `transform` is that of w,
/// divided by N.
template <class T>
void add_convolution(const RealFft<T>& fft, std::span<const std::complex<T>> transform, MatrixView<const T> x,
                     MatrixView<T> y, std::size_t offset, Scratch<T>& scratch) {
  const std::size_t length = fft.length(), stride = column_stride(length);
  T* columns = scratch.columns.data();
  for (std::size_t first = 0; first < x.cols; first += group) {
    const std::size_t count = std::min(group, x.cols - first);
    transpose_padded<T>(x, first, count, columns, length);
    for (std::size_t c = 0; c < count; ++c) {
      fft.forward(columns + c * stride, scratch.spectrum.data());
      multiply_spectra(scratch.spectrum.data(), transform.data(), transform.size());
      fft.inverse(scratch.spectrum.data(), columns + c * stride);
    }
    for (std::size_t j = 0; j < y.rows; ++j)
      for (std::size_t c = 0; c < count; ++c) y.row(j)[first + c] += columns[c * stride + offset + j];
  }
}

}  // namespace tmm::model::fft_columns
