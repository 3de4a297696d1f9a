// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "analysis/symbol/roots_of_unity.hpp"

namespace tmm::analysis {

/// Discrete Fourier transform of length n = 2^L with a proven rounding bound, for certificates. (FFTW is
/// faster, but publishes no bound; it serves everything that is not a proof.)
///
///   X_l = Σ_k x_k e^{+2πi kl/n},     |computed X_l − X_l| ≤ error_factor()·Σ_k |x_k| + n·L·2^−1072.
///
/// Proof: radix 2, decimation in time. Every output is a sum over k of x_k times L twiddle factors; along the
/// path of each x_k a stage contributes one complex addition (relative error u), at most one complex
/// multiplication (√5 u: Brent, Percival and Zimmermann, Math. Comp. 76, 2007; with fused operations 2u:
/// Jeannerod et al., Math. Comp. 86, 2017) and one twiddle factor of error 0.72 u, together less than 4u. So
/// the relative error of a path is at most (1 + 4u)^L − 1. The absolute term covers underflow.
class ProvenFft {
 public:
  /// length: a power of two.
  explicit ProvenFft(std::size_t length);

  /// The plan of that length, made once and shared (thread-safe).
  static std::shared_ptr<const ProvenFft> plan(std::size_t length);

  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] double error_factor() const;

  /// Where x_k must be stored before transform(): the bit reversal of k.
  [[nodiscard]] std::size_t slot(std::size_t k) const { return slot_[k]; }

  /// In place, real and imaginary parts apart; input in bit-reversed order (slot), output in natural order.
  /// copies: a power of two; where x_k = 0 for all k ≥ length/copies, each x_k may be stored `copies` times,
  /// from slot(k) on, and the first log2(copies) stages, which would only copy it, are left out.
  void transform(double* re, double* im, std::size_t copies = 1) const;

 private:
  std::size_t length_;
  int stages_;
  std::vector<std::size_t> slot_;
  std::vector<double> cos_, sin_;  // stage of half-length H uses [H, 2H): e^{πi j/H}
};

}  // namespace tmm::analysis
