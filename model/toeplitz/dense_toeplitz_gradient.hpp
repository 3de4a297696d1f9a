// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "model/base/matrix_view.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// The way back through a causal Toeplitz product by matrix products over dense blocks, as DenseToeplitz goes
/// forth.
///
/// Rows S·b … of Tᵀ (b = block) hold w_{q−i} at column S·b + q: with the panel
///   Q[i, q] = w_{q−i}  (0 where the index is negative), i < b, q < n,
/// they are its first m − S·b columns. For the taps the blocks of g·xᵀ below the diagonal are added into one
/// panel A (b, N), N = n rounded up to blocks, laid out as the panel P of DenseToeplitz is: row block I into
/// its last (I+1)·b columns. Then Σ_t g_t·x_{t−k} is the sum of A along the diagonal where P holds w_k.
template <NetworkScalar T>
class DenseToeplitzGradient {
 public:
  explicit DenseToeplitzGradient(std::size_t n);

  void set_taps(std::span<const T> taps);
  [[nodiscard]] AlignedVector<T> make_panel() const { return AlignedVector<T>(block * width_); }
  /// gx += Tᵀ·gy. Both are (m, channels), m ≤ n, and must not overlap.
  void apply_add(MatrixView<const T> gy, MatrixView<T> gx) const;
  /// Adds the products of gy with x, both (m, channels), to a panel.
  void correlate_add(MatrixView<const T> x, MatrixView<const T> gy, AlignedVector<T>& panel) const;
  /// gw_k += Σ gy_t·x_{t−k} over all that went into the panel, k < n.
  void fold(const AlignedVector<T>& panel, std::span<T> gw) const;

 private:
  static constexpr std::size_t block = 64;

  std::size_t n_;
  std::size_t width_;       // N
  AlignedVector<T> panel_;  // Q (block, N)
};

extern template class DenseToeplitzGradient<float>;
extern template class DenseToeplitzGradient<double>;

}  // namespace tmm::model
