// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/base/scaled_taps.hpp"

namespace tmm::analysis {

/// Weights of the inverse with their growth taken out: b = 1/a mod z^n, b_k = taps[k] · 2^exponent · ρ^{−k},
/// ρ = 2^log2_rho ≤ 1.
///
/// ρ is near the modulus of the smallest zero of a (1 if all zeros lie outside), so taps stay within the
/// range of double where b itself may span hundreds of thousands of decades: b̃ = 1/ã with ã_k = w_k ρ^k.
struct ScaledInverse {
  std::vector<double> taps;   ///< b̃_k
  long double log2_rho = 0;   ///< log₂ ρ ≤ 0
  std::int64_t exponent = 0;  ///< base 2
  /// Bound of max_k |computed b̃_k − b̃_k|, ∞ if none is known.
  double error = 0;
};

/// In double precision, O(n log² n). ρ is found by doubling: the growth of the first m weights, known to
/// about 1/m, is taken out before the first 2m are computed. The error is that against the exact weights:
/// from the residual r = ã·b̃ − 1, to which the rounding of ã and of the product ã·b̃ is added (12 u log₂(2n)
/// max|ã|, FFTW measured, not proven), by ‖b̃ r/(1 + r)‖_∞ ≤ ‖b̃‖₂‖r‖₂/(1 − ‖r‖₁). ∞ where that says nothing,
/// or where b̃ grows too fast to be computed. taps: w_0 ≠ 0. Throws ArgumentError if taps is empty, not
/// finite, or w_0 = 0.
ScaledInverse scaled_inverse(std::span<const double> taps);

/// In ball arithmetic, with as many bits as a relative error of 2^−53 in the largest b_k takes; log2_rho = 0.
/// `scaled` without leading zeros; b belongs to scaled.taps. Empty where that would take more than about ten
/// seconds.
std::optional<ScaledInverse> ball_inverse(const ScaledTaps& scaled);

}  // namespace tmm::analysis
