// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>

#include "model/toeplitz/dense_or_fft.hpp"
#include "model/toeplitz/dense_toeplitz.hpp"
#include "model/toeplitz/fft_toeplitz.hpp"

namespace tmm::model {

/// The causal Toeplitz product of the network, planned once for a length and a number of channels: by dense
/// blocks or by FFT, whichever is faster. Shared by threads; each brings its own Scratch, and a product then
/// allocates nothing.
template <NetworkScalar T>
class ToeplitzProduct : public DenseOrFft<T, DenseToeplitz<T>, FftToeplitz<T>> {
 public:
  using Scratch = std::optional<typename FftToeplitz<T>::Scratch>;

  /// For sequences of at most n steps on about `channels` channels at a time. Throws ArgumentError if n = 0.
  ToeplitzProduct(std::size_t n, std::size_t channels, ToeplitzMethod method = ToeplitzMethod::automatic);

  /// The faster method; the cut-over lengths are measured by tests/bench/network.cpp.
  static ToeplitzMethod choose(std::size_t n, std::size_t channels);

  [[nodiscard]] Scratch make_scratch() const;
  /// Adds what this product needs to scratch that may be that of another of the same n.
  void extend(Scratch& scratch) const;
  /// y_t += Σ_{s≤t} w_{t−s} x_s for every column; x and y are (m, channels), m ≤ n, and must not overlap.
  void apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const;

 private:
  using Base = DenseOrFft<T, DenseToeplitz<T>, FftToeplitz<T>>;
  using Base::dense_, Base::fft_;
};

extern template class ToeplitzProduct<float>;
extern template class ToeplitzProduct<double>;

}  // namespace tmm::model
