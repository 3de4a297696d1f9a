// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "model/toeplitz/dense_toeplitz.hpp"
#include "model/toeplitz/fft_toeplitz.hpp"

namespace tmm::model {

enum class ToeplitzMethod { automatic, dense, fft };

/// The causal Toeplitz product of the network, planned once for a length and a number of channels: by dense
/// blocks or by FFT, whichever is faster. Shared by threads; each brings its own Scratch, and a product then
/// allocates nothing.
template <NetworkScalar T>
class ToeplitzProduct {
 public:
  using Scratch = std::optional<typename FftToeplitz<T>::Scratch>;

  /// For sequences of at most n steps on about `channels` channels at a time. Throws ArgumentError if n = 0.
  ToeplitzProduct(std::size_t n, std::size_t channels, ToeplitzMethod method = ToeplitzMethod::automatic);

  /// The faster method; the cut-over lengths are measured by tests/bench/network.cpp.
  static ToeplitzMethod choose(std::size_t n, std::size_t channels);

  [[nodiscard]] ToeplitzMethod method() const { return dense_ ? ToeplitzMethod::dense : ToeplitzMethod::fft; }
  [[nodiscard]] Scratch make_scratch() const;
  /// taps[k] = w_k; those from n on are not used. Throws ArgumentError if there are fewer than n.
  void set_taps(std::span<const T> taps);
  /// y_t += Σ_{s≤t} w_{t−s} x_s for every column; x and y are (m, channels), m ≤ n, and must not overlap.
  void apply_add(MatrixView<const T> x, MatrixView<T> y, Scratch& scratch) const;

 private:
  std::size_t n_;
  std::optional<DenseToeplitz<T>> dense_;
  std::optional<FftToeplitz<T>> fft_;
};

extern template class ToeplitzProduct<float>;
extern template class ToeplitzProduct<double>;

}  // namespace tmm::model
