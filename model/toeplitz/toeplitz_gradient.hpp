// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "model/toeplitz/dense_or_fft.hpp"
#include "model/toeplitz/dense_toeplitz_gradient.hpp"
#include "model/toeplitz/fft_toeplitz_gradient.hpp"

namespace tmm::model {

/// The way back through y = T x, the causal Toeplitz product of the network, planned once as ToeplitzProduct
/// is. With gy the gradient of y:
///   gx_s = Σ_{t≥s} w_{t−s}·gy_t        (the transposed product)
///   gw_k = Σ_t gy_t·x_{t−k}            (correlation, summed over channels and sequences)
/// Shared by threads; each brings its own Scratch, in which the sum for gw grows from start() to finish().
template <NetworkScalar T>
class ToeplitzGradient : public DenseOrFft<T, DenseToeplitzGradient<T>, FftToeplitzGradient<T>> {
 public:
  struct Scratch {
    AlignedVector<T> panel;  // dense
    std::optional<typename FftToeplitzGradient<T>::Scratch> fft;
  };

  /// For sequences of at most n ≥ 1 steps on about `channels` channels at a time.
  ToeplitzGradient(std::size_t n, std::size_t channels, ToeplitzMethod method = ToeplitzMethod::automatic);

  /// The faster method; the cut-over lengths are measured by tests/bench/training.cpp.
  static ToeplitzMethod choose(std::size_t n, std::size_t channels);

  [[nodiscard]] Scratch make_scratch() const;
  /// Adds what this product needs to scratch that may be that of another of the same n.
  void extend(Scratch& scratch) const;

  /// Begins a sum for gw.
  void start(Scratch& scratch) const;
  /// gx += Tᵀ·gy, and the correlation of gy with x goes into the sum. All are (m, channels), m ≤ n, one
  /// sequence; gx overlaps neither of the others.
  void add(MatrixView<const T> x, MatrixView<const T> gy, MatrixView<T> gx, Scratch& scratch) const;
  /// gw_k += the sum, k < n.
  void finish(Scratch& scratch, std::span<T> gw) const;

 private:
  using Base = DenseOrFft<T, DenseToeplitzGradient<T>, FftToeplitzGradient<T>>;
  using Base::dense_, Base::fft_;
};

extern template class ToeplitzGradient<float>;
extern template class ToeplitzGradient<double>;

}  // namespace tmm::model
