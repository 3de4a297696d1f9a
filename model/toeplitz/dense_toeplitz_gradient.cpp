// SPDX-License-Identifier: MIT
#include "model/toeplitz/dense_toeplitz_gradient.hpp"

#include <algorithm>

#include "model/base/matrix_product.hpp"

namespace tmm::model {

template <NetworkScalar T>
DenseToeplitzGradient<T>::DenseToeplitzGradient(std::size_t n)
    : n_(n), width_((n + block - 1) / block * block), panel_(block * width_) {}

template <NetworkScalar T>
void DenseToeplitzGradient<T>::set_taps(std::span<const T> taps) {
  for (std::size_t i = 0; i < block && i < n_; ++i)
    std::copy_n(taps.begin(), n_ - i, panel_.data() + i * width_ + i);
}

template <NetworkScalar T>
void DenseToeplitzGradient<T>::apply_add(MatrixView<const T> gy, MatrixView<T> gx) const {
  const MatrixView<const T> panel(panel_.data(), block, width_);
  for (std::size_t first = 0; first < gy.rows; first += block) {
    const std::size_t count = std::min(block, gy.rows - first), rest = gy.rows - first;
    multiply(panel.middle_rows(0, count).middle_cols(0, rest), gy.middle_rows(first, rest), T{1},
             gx.middle_rows(first, count));
  }
}

template <NetworkScalar T>
void DenseToeplitzGradient<T>::correlate_add(MatrixView<const T> x, MatrixView<const T> gy,
                                             AlignedVector<T>& panel) const {
  const MatrixView<T> sums(panel.data(), block, width_);
  for (std::size_t first = 0; first < gy.rows; first += block) {
    const std::size_t last = std::min(first + block, gy.rows);
    multiply_transposed(gy.middle_rows(first, last - first), x.middle_rows(0, last), T{1},
                        sums.middle_rows(0, last - first).middle_cols(width_ - first - block, last));
  }
}

template <NetworkScalar T>
void DenseToeplitzGradient<T>::fold(const AlignedVector<T>& panel, std::span<T> gw) const {
  for (std::size_t i = 0; i < block; ++i) {
    const std::size_t top = i + width_ - block;  // position q holds products at lag top − q
    const T* row = panel.data() + i * width_;
    for (std::size_t k = 0; k < n_ && k <= top; ++k) gw[k] += row[top - k];
  }
}

template class DenseToeplitzGradient<float>;
template class DenseToeplitzGradient<double>;

}  // namespace tmm::model
