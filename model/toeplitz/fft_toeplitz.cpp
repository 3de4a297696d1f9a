// SPDX-License-Identifier: MIT
#include "model/toeplitz/fft_toeplitz.hpp"

#include <algorithm>

#include "model/base/error.hpp"
#include "model/toeplitz/fft_columns.hpp"
#include "model/toeplitz/multiply_spectra.hpp"

namespace tmm::model {
namespace {

using fft_columns::group, fft_columns::column_stride;

}  // namespace

template <NetworkScalar T>
FftToeplitz<T>::FftToeplitz(std::size_t n)
    : n_(n),
      fft_(RealFft<T>::of_length(fast_fft_length(2 * n - 1))),
      padded_(fft_->length()),
      transform_(fft_->spectrum_size()) {
  if (n == 0) throw ArgumentError("a Toeplitz product needs at least one tap");
}

template <NetworkScalar T>
void FftToeplitz<T>::set_taps(std::span<const T> taps) {
  if (taps.size() != n_)
    throw ArgumentError("wrong number of taps",
                        {"", "", std::to_string(n_), std::to_string(taps.size()), ""});
  std::copy(taps.begin(), taps.end(), padded_.begin());
  fft_->forward(padded_.data(), transform_.data());
  for (auto& value : transform_) value /= static_cast<T>(fft_->length());
}

template <NetworkScalar T>
typename FftToeplitz<T>::Scratch FftToeplitz<T>::make_scratch() const {
  return {AlignedVector<T>(group * column_stride(fft_->length())),
          AlignedVector<std::complex<T>>(fft_->spectrum_size())};
}

template <NetworkScalar T>
void FftToeplitz<T>::apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const {
  const std::size_t m = x.rows, length = fft_->length(), stride = column_stride(length);
  for (std::size_t first = 0; first < x.cols; first += group) {
    const std::size_t count = std::min(group, x.cols - first);
    T* columns = scratch.columns.data();
    for (std::size_t t = 0; t < m; ++t)
      for (std::size_t c = 0; c < count; ++c) columns[c * stride + t] = x.row(t)[first + c];
    for (std::size_t c = 0; c < count; ++c) {
      T* column = columns + c * stride;
      std::fill(column + m, column + length, T{0});
      fft_->forward(column, scratch.spectrum.data());
      multiply_spectra(scratch.spectrum.data(), transform_.data(), transform_.size());
      fft_->inverse(scratch.spectrum.data(), column);
    }
    for (std::size_t t = 0; t < m; ++t)
      for (std::size_t c = 0; c < count; ++c) y.row(t)[first + c] += columns[c * stride + t];
  }
}

template class FftToeplitz<float>;
template class FftToeplitz<double>;

}  // namespace tmm::model
