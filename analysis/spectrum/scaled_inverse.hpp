// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

namespace tmm::analysis {

/// Weights of the inverse with their growth taken out: b = 1/a mod z^n, taps[k] = b_k ρ^k, ρ = 2^log2_rho
/// ≤ 1.
///
/// ρ is near the modulus of the smallest zero of a (1 if all zeros lie outside), so taps stay within the
/// range of double where b itself may span hundreds of thousands of decades: b̃ = 1/ã with ã_k = w_k ρ^k. It
/// is found by doubling: the growth of the first m weights, known to about 1/m, is taken out before the first
/// 2m are computed.
struct ScaledInverse {
  std::vector<double> taps;  ///< b̃_k
  long double log2_rho = 0;  ///< log₂ ρ ≤ 0
  double error =
      0;  ///< bound of max_k |computed b̃_k − b̃_k| from the residual ã·b̃ − 1, ∞ if that is not small
};

/// taps: w_0 ≠ 0. O(n log² n). Throws ArgumentError if taps is empty, not finite, or w_0 = 0.
ScaledInverse scaled_inverse(std::span<const double> taps);

}  // namespace tmm::analysis
