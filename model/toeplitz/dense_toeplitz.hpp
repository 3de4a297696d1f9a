// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// Causal Toeplitz product on many channels by matrix products over dense blocks of T.
///
/// Row block I of T (rows I·b … I·b + b − 1, b = block) holds w_{I·b + i − j} for j < (I+1)·b. With the panel
///   P[i, q] = w_{i + N − b − q}  (0 where the index is negative), i < b, q < N, N = n rounded up to blocks,
/// it is the last (I+1)·b columns of P: one copy of b rows serves all row blocks and every length m ≤ n. Half
/// of the work of a full matrix product is never done.
template <NetworkScalar T>
class DenseToeplitz {
 public:
  /// Rows of a block: where the work spent above the diagonal balances the speed of larger products
  /// (tests/bench/network.cpp).
  static constexpr std::size_t block = 64;

  explicit DenseToeplitz(std::size_t n);

  /// taps[k] = w_k, n of them.
  void set_taps(std::span<const T> taps);
  /// y_t += Σ_{s≤t} w_{t−s} x_s for every column; x and y are (m, channels), m ≤ n, and must not overlap.
  void apply_add(MatrixView<const T> x, MatrixView<T> y) const;
  /// Overwrites y, which holds T·x, by x: forward substitution, block by block. w_0 ≠ 0.
  void solve_in_place(MatrixView<T> y) const;

 private:
  std::size_t n_;
  std::size_t width_;     // N
  std::vector<T> panel_;  // (block, N)
};

extern template class DenseToeplitz<float>;
extern template class DenseToeplitz<double>;

}  // namespace tmm::model
