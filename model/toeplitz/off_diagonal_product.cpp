// SPDX-License-Identifier: MIT
#include "model/toeplitz/off_diagonal_product.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/base/error.hpp"
#include "model/base/matrix_product.hpp"
#include "model/toeplitz/fft_columns.hpp"
#include "model/toeplitz/multiply_spectra.hpp"

namespace tmm::model {
namespace {

using fft_columns::group, fft_columns::column_stride;

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
  if (!fft_) return {};
  return {AlignedVector<T>(group * column_stride(fft_->length())),
          AlignedVector<std::complex<T>>(fft_->spectrum_size())};
}

template <NetworkScalar T>
void OffDiagonalProduct<T>::apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const {
  if (x.rows == 0) return;
  if (fft_)
    apply_fft(x, y, scratch);
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
void OffDiagonalProduct<T>::apply_fft(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const {
  const std::size_t q = x.rows, length = fft_->length(), stride = column_stride(length);
  for (std::size_t first = 0; first < x.cols; first += group) {
    const std::size_t count = std::min(group, x.cols - first);
    T* columns = scratch.columns.data();
    for (std::size_t t = 0; t < q; ++t)
      for (std::size_t c = 0; c < count; ++c) columns[c * stride + t] = x.row(t)[first + c];
    for (std::size_t c = 0; c < count; ++c) {
      T* column = columns + c * stride;
      std::fill(column + q, column + length, T{0});
      fft_->forward(column, scratch.spectrum.data());
      multiply_spectra(scratch.spectrum.data(), transform_.data(), transform_.size());
      fft_->inverse(scratch.spectrum.data(), column);
    }
    for (std::size_t j = 0; j < y.rows; ++j)
      for (std::size_t c = 0; c < count; ++c) y.row(j)[first + c] += columns[c * stride + q + j];
  }
}

template <NetworkScalar T>
std::size_t OffDiagonalProduct<T>::bytes() const {
  return panel_.size() * sizeof(T) + transform_.size() * sizeof(std::complex<T>);
}

template class OffDiagonalProduct<float>;
template class OffDiagonalProduct<double>;

}  // namespace tmm::model
