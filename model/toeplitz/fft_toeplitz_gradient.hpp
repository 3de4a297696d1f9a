// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

#include "model/base/matrix_view.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// The way back through a causal Toeplitz product by FFT along time, padded to N ≥ 2n − 1 as FftToeplitz is.
/// With transforms W, X, G of taps, input and output gradient, that of the input is conj(W)·G and that of the
/// taps Σ conj(X)·G over channels and sequences: three transforms a channel, and one more at the end.
template <NetworkScalar T>
class FftToeplitzGradient {
 public:
  /// Working memory of one call at a time, and the sum that the taps' gradient is made of.
  struct Scratch {
    AlignedVector<T> gradients, inputs;  // a few channels, each contiguous in time
    AlignedVector<std::complex<T>> gradient_spectrum, input_spectrum;
    AlignedVector<std::complex<T>> sum;
  };

  explicit FftToeplitzGradient(std::size_t n);

  void set_taps(std::span<const T> taps);
  [[nodiscard]] Scratch make_scratch() const;
  /// gx += Tᵀ·gy and scratch.sum += Σ_channels conj(X)·G; all are (m, channels), m ≤ n.
  void add(MatrixView<const T> x, MatrixView<const T> gy, MatrixView<T> gx, Scratch& scratch) const;
  /// gw_k += Σ gy_t·x_{t−k} over all that went into the sum, k < n. The sum is lost.
  void fold(Scratch& scratch, std::span<T> gw) const;

 private:
  std::size_t n_;
  std::shared_ptr<const RealFft<T>> fft_;
  AlignedVector<T> padded_;                   // the taps and N − n zeros
  AlignedVector<std::complex<T>> transform_;  // conjugate, of the padded taps, divided by N
};

extern template class FftToeplitzGradient<float>;
extern template class FftToeplitzGradient<double>;

}  // namespace tmm::model
