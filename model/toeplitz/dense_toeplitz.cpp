// SPDX-License-Identifier: MIT
#include "model/toeplitz/dense_toeplitz.hpp"

#include <algorithm>

#include "model/base/error.hpp"
#include "model/base/matrix_product.hpp"

namespace tmm::model {

template <NetworkScalar T>
DenseToeplitz<T>::DenseToeplitz(std::size_t n)
    : n_(n), width_((n + block - 1) / block * block), panel_(block * width_) {
  if (n == 0) throw ArgumentError("a Toeplitz product needs at least one tap");
}

template <NetworkScalar T>
void DenseToeplitz<T>::set_taps(std::span<const T> taps) {
  if (taps.size() != n_)
    throw ArgumentError("wrong number of taps",
                        {"", "", std::to_string(n_), std::to_string(taps.size()), ""});
  for (std::size_t i = 0; i < block; ++i) {
    T* row = panel_.data() + i * width_;
    // Position q holds w_{top − q}.
    const std::size_t top = i + width_ - block;
    std::fill(row, row + width_, T{0});
    for (std::size_t q = top + 1 > n_ ? top + 1 - n_ : 0; q <= top; ++q) row[q] = taps[top - q];
  }
}

template <NetworkScalar T>
void DenseToeplitz<T>::apply_add(MatrixView<const T> x, MatrixView<T> y) const {
  const MatrixView<const T> panel(panel_.data(), block, width_);
  for (std::size_t first = 0; first < x.rows; first += block) {
    const std::size_t last = std::min(first + block, x.rows);
    const auto blocks = panel.middle_rows(0, last - first).middle_cols(width_ - first - block, last);
    multiply(blocks, x.middle_rows(0, last), T{1}, y.middle_rows(first, last - first));
  }
}

template <NetworkScalar T>
void DenseToeplitz<T>::solve_in_place(MatrixView<T> y) const {
  const MatrixView<const T> panel(panel_.data(), block, width_);
  for (std::size_t first = 0; first < y.rows; first += block) {
    const std::size_t count = std::min(block, y.rows - first);
    const auto row_block = panel.middle_rows(0, count);
    const auto here = y.middle_rows(first, count);
    if (first > 0)
      subtract_product(row_block.middle_cols(width_ - first - block, first), y.middle_rows(0, first), here);
    solve_lower_triangular(row_block.middle_cols(width_ - block, count), here);
  }
}

template class DenseToeplitz<float>;
template class DenseToeplitz<double>;

}  // namespace tmm::model
