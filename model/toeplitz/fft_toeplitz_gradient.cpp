// SPDX-License-Identifier: MIT
#include "model/toeplitz/fft_toeplitz_gradient.hpp"

#include <algorithm>

#include "model/base/vector_math.hpp"
#include "model/toeplitz/fft_columns.hpp"

namespace tmm::model {
namespace {

using fft_columns::group, fft_columns::column_stride, fft_columns::transpose_padded;

// sum += conj(x)·g, then g ← w·g, entry by entry (real and imaginary parts in turn).
template <class T>
TMM_INLINE void one_channel(T* g, const T* x, const T* w, T* sum, std::size_t count) {
#pragma omp simd
  for (std::size_t k = 0; k < count; ++k) {
    const T g_re = g[2 * k], g_im = g[2 * k + 1], x_re = x[2 * k], x_im = x[2 * k + 1];
    sum[2 * k] += x_re * g_re + x_im * g_im;
    sum[2 * k + 1] += x_re * g_im - x_im * g_re;
    g[2 * k] = w[2 * k] * g_re - w[2 * k + 1] * g_im;
    g[2 * k + 1] = w[2 * k] * g_im + w[2 * k + 1] * g_re;
  }
}

TMM_VECTOR_CLONES void combine_spectra(float* g, const float* x, const float* w, float* sum,
                                       std::size_t count) {
  one_channel(g, x, w, sum, count);
}

TMM_VECTOR_CLONES void combine_spectra(double* g, const double* x, const double* w, double* sum,
                                       std::size_t count) {
  one_channel(g, x, w, sum, count);
}

template <class T>
T* parts(AlignedVector<std::complex<T>>& values) {
  return reinterpret_cast<T*>(values.data());
}

}  // namespace

template <NetworkScalar T>
FftToeplitzGradient<T>::FftToeplitzGradient(std::size_t n)
    : n_(n),
      fft_(RealFft<T>::of_length(fast_fft_length(2 * n - 1))),
      padded_(fft_->length()),
      transform_(fft_->spectrum_size()) {}

template <NetworkScalar T>
void FftToeplitzGradient<T>::set_taps(std::span<const T> taps) {
  std::copy_n(taps.begin(), n_, padded_.begin());
  fft_->forward(padded_.data(), transform_.data());
  for (auto& value : transform_) value = std::conj(value) / static_cast<T>(fft_->length());
}

template <NetworkScalar T>
typename FftToeplitzGradient<T>::Scratch FftToeplitzGradient<T>::make_scratch() const {
  const AlignedVector<T> columns(group * column_stride(fft_->length()));
  const AlignedVector<std::complex<T>> spectrum(fft_->spectrum_size());
  return {columns, columns, spectrum, spectrum, spectrum};
}

template <NetworkScalar T>
void FftToeplitzGradient<T>::add(MatrixView<const T> x, MatrixView<const T> gy, MatrixView<T> gx,
                                 Scratch& scratch) const {
  const std::size_t m = x.rows, length = fft_->length(), stride = column_stride(length);
  for (std::size_t first = 0; first < x.cols; first += group) {
    const std::size_t count = std::min(group, x.cols - first);
    T *gradients = scratch.gradients.data(), *inputs = scratch.inputs.data();
    transpose_padded<T>(gy, first, count, gradients, length);
    transpose_padded<T>(x, first, count, inputs, length);
    for (std::size_t c = 0; c < count; ++c) {
      fft_->forward(gradients + c * stride, scratch.gradient_spectrum.data());
      fft_->forward(inputs + c * stride, scratch.input_spectrum.data());
      combine_spectra(parts(scratch.gradient_spectrum), parts(scratch.input_spectrum),
                      reinterpret_cast<const T*>(transform_.data()), parts(scratch.sum), transform_.size());
      fft_->inverse(scratch.gradient_spectrum.data(), gradients + c * stride);
    }
    for (std::size_t t = 0; t < m; ++t)
      for (std::size_t c = 0; c < count; ++c) gx.row(t)[first + c] += gradients[c * stride + t];
  }
}

template <NetworkScalar T>
void FftToeplitzGradient<T>::fold(Scratch& scratch, std::span<T> gw) const {
  T* lags = scratch.gradients.data();
  fft_->inverse(scratch.sum.data(), lags);
  for (std::size_t k = 0; k < n_; ++k) gw[k] += lags[k] / static_cast<T>(fft_->length());
}

template class FftToeplitzGradient<float>;
template class FftToeplitzGradient<double>;

}  // namespace tmm::model
