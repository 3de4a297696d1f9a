// SPDX-License-Identifier: MIT
#include "model/toeplitz/fft_toeplitz.hpp"

#include <algorithm>

#include "model/base/error.hpp"

namespace tmm::model {
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
  return Scratch(*fft_);
}

template <NetworkScalar T>
void FftToeplitz<T>::apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const {
  fft_columns::add_convolution<T>(*fft_, transform_, x, y, 0, scratch);
}

template class FftToeplitz<float>;
template class FftToeplitz<double>;

}  // namespace tmm::model
