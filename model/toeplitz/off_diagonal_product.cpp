// SPDX-License-Identifier: MIT
#include "model/toeplitz/off_diagonal_product.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/base/error.hpp"
#include "model/base/matrix_product.hpp"

namespace tmm::model {
namespace {

// Rows of the block that one matrix product makes.
constexpr std::size_t most_rows = 64;
// A multiply-add of the matrix products takes so much of the time of one step of N log2 N of the transforms
// (tests/bench/generation.cpp).
constexpr double dense_cost = 1.0 / 9;

}  // namespace

template <NetworkScalar T>
ToeplitzMethod OffDiagonalProduct<T>::choose(std::size_t inputs, std::size_t outputs) {
  const auto n = static_cast<double>(inputs + outputs);
  const double dense = dense_cost * static_cast<double>(inputs) * static_cast<double>(outputs);
  return dense <= n * std::log2(n) ? ToeplitzMethod::dense : ToeplitzMethod::fft;
}

template <NetworkScalar T>
OffDiagonalProduct<T>::OffDiagonalProduct(std::span<const T> taps, std::size_t length, std::size_t outputs,
                                          ToeplitzMethod method)
    : length_(length), rows_(std::min(outputs, most_rows)) {
  if (outputs == 0 || outputs > length)
    throw ArgumentError("an off-diagonal block has rows",
                        {"", "", "1 to " + std::to_string(length), std::to_string(outputs), ""});
  taps = taps.first(std::min(taps.size(), length));
  if (method == ToeplitzMethod::automatic) method = choose(length - outputs, outputs);
  if (method == ToeplitzMethod::dense) {
    fill_panel(taps);
    return;
  }
  fft_ = RealFft<T>::of_length(fast_fft_length(length));
  AlignedVector<T> padded(fft_->length());
  std::ranges::copy(taps, padded.begin());
  transform_.resize(fft_->spectrum_size());
  fft_->forward(padded.data(), transform_.data());
  for (auto& value : transform_) value /= static_cast<T>(fft_->length());
}

template <NetworkScalar T>
void OffDiagonalProduct<T>::fill_panel(std::span<const T> taps) {
  panel_.resize(rows_ * length_);
  for (std::size_t j = 0; j < rows_; ++j)
    for (std::size_t x = 0; x < length_; ++x) {
      const std::size_t k = length_ + j - x;
      if (k < taps.size()) panel_[j * length_ + x] = taps[k];
    }
}

template <NetworkScalar T>
typename OffDiagonalProduct<T>::Scratch OffDiagonalProduct<T>::make_scratch() const {
  return fft_ ? Scratch(*fft_) : Scratch();
}

template <NetworkScalar T>
void OffDiagonalProduct<T>::apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const {
  if (x.rows == 0) return;
  if (fft_)
    fft_columns::add_convolution<T>(*fft_, transform_, x, y, x.rows, scratch);
  else
    apply_dense(x, y);
}

// Row `first` + j of the block, column i: w_{q + first + j − i}, which stands in column length − q − first +
// i of the panel.
template <NetworkScalar T>
void OffDiagonalProduct<T>::apply_dense(MatrixView<const T> x, MatrixView<T> y) const {
  const MatrixView<const T> panel(panel_.data(), rows_, length_);
  for (std::size_t first = 0; first < y.rows; first += rows_) {
    const std::size_t count = std::min(rows_, y.rows - first);
    const auto block = panel.middle_rows(0, count).middle_cols(length_ - x.rows - first, x.rows);
    multiply(block, x, T{1}, y.middle_rows(first, count));
  }
}

template <NetworkScalar T>
std::size_t OffDiagonalProduct<T>::bytes() const {
  return panel_.size() * sizeof(T) + transform_.size() * sizeof(std::complex<T>);
}

template class OffDiagonalProduct<float>;
template class OffDiagonalProduct<double>;

}  // namespace tmm::model
