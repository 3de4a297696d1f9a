// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "model/base/matrix_view.hpp"
#include "model/toeplitz/fft.hpp"
#include "model/toeplitz/fft_columns.hpp"
#include "model/toeplitz/toeplitz_product.hpp"

namespace tmm::model {

/// Products with the blocks of T below its diagonal: what q inputs in a row give to the p outputs that follow
/// right behind them,
///   y_j += Σ_{i<q} w_{q+j−i} x_i,  0 ≤ j < p,
/// for every column, q + p ≤ a planned length. By matrix products of a few rows of the block at a time, O(qp)
/// a column; or by FFT of length N ≥ q + p, O(N log N): what wraps around falls on outputs that are not
/// asked for.
template <NetworkScalar T>
class OffDiagonalProduct {
 public:
  /// Working memory of one apply_add at a time.
  using Scratch = fft_columns::Scratch<T>;

  /// taps[k] = w_k, taken as 0 from taps.size() on; only the first `length` count. `outputs` is the largest p
  /// there will be: fewer need less memory. Throws ArgumentError unless 0 < outputs ≤ length.
  OffDiagonalProduct(std::span<const T> taps, std::size_t length, std::size_t outputs, ToeplitzMethod method);

  /// The faster method for q inputs and p outputs, as tests/bench/generation.cpp has measured.
  static ToeplitzMethod choose(std::size_t inputs, std::size_t outputs);

  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] Scratch make_scratch() const;
  /// x (q, channels), y (p, channels); they must not overlap. Takes no memory.
  void apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  void fill_panel(std::span<const T> taps);
  void apply_dense(MatrixView<const T> x, MatrixView<T> y) const;

  std::size_t length_;
  std::size_t rows_;                          // of the panel
  AlignedVector<T> panel_;                    // (rows, length): row j, column x holds w_{length + j − x}
  std::shared_ptr<const RealFft<T>> fft_;     // null: by matrix products
  AlignedVector<std::complex<T>> transform_;  // of the padded taps, divided by N
};

extern template class OffDiagonalProduct<float>;
extern template class OffDiagonalProduct<double>;

}  // namespace tmm::model
