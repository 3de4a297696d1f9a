// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

#include "model/base/matrix_view.hpp"
#include "model/toeplitz/fft.hpp"
#include "model/toeplitz/fft_columns.hpp"

namespace tmm::model {

/// Causal Toeplitz product on many channels by FFT along time, padded to N ≥ 2n − 1 so that nothing wraps
/// around: O(n log n) a channel. Its rounding error is relative to ‖w‖‖x‖, not component by component.
template <NetworkScalar T>
class FftToeplitz {
 public:
  /// Working memory of one apply_add at a time.
  using Scratch = fft_columns::Scratch<T>;

  explicit FftToeplitz(std::size_t n);

  /// taps[k] = w_k, n of them.
  void set_taps(std::span<const T> taps);
  [[nodiscard]] Scratch make_scratch() const;
  /// y_t += Σ_{s≤t} w_{t−s} x_s for every column; x and y are (m, channels), m ≤ n.
  void apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const;

 private:
  std::size_t n_;
  std::shared_ptr<const RealFft<T>> fft_;
  AlignedVector<T> padded_;                   // the taps and N − n zeros
  AlignedVector<std::complex<T>> transform_;  // of the padded taps, divided by N
};

extern template class FftToeplitz<float>;
extern template class FftToeplitz<double>;

}  // namespace tmm::model
