// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tmm::analysis {

/// Weights of the resolvent: (T_n(a) − λ)⁻¹ = T_n(b), b = 1/(a − λ) mod z^n, b_k = (re_k + i
/// im_k)·2^exponent.
struct ShiftedInverse {
  std::vector<double> re, im;  ///< (n), the largest of all |re|, |im| in [½, 1); empty for λ = w_0
  std::int64_t exponent = 0;
  double norm1 = 0, norm2 = 0;  ///< ‖b‖₁ and ‖b‖₂ in units of 2^exponent
  /// Bound of ‖T_n(computed b) − T_n(b)‖ in units of 2^exponent; ∞ where none is known.
  double error = 0;
};

/// b for each of the shifts λ, by substitution:
///   b_0 = 1/(w_0 − λ),  b_k = −b_0 Σ_{1≤j≤k} w_j b_{k−j}.
/// O(n²) operations a shift, in vector lanes for sixteen shifts at a time; every lane has an exponent of its
/// own, which follows the growth of b, so b may span any number of decades. Results do not depend on what
/// stands in the other lanes.
///
/// Error: let ρ ≤ 1 take out the growth, b̃_k = b_k ρ^k, ã_k = (a − λ)_k ρ^k. Every row of the substitution
/// holds within γ Σ_j |ã_j b̃_{k−j}|, γ = (n + 8)u, so r = ã·b̃ − 1 has ‖r‖₂ ≤ γ‖ã‖₁‖b̃‖₂, and the computed
/// weights are off by at most ‖b̃‖₂‖r‖₂/(1 − ‖r‖₁), ‖r‖₁ ≤ √n‖r‖₂, times ρ^{−k}. Of a few ρ the best is taken.
///
/// taps: n ≥ 1 of them with max|w| ≤ 1. |w_0 − λ| < 2^−900 counts as λ = w_0.
std::vector<ShiftedInverse> shifted_inverses(std::span<const double> taps,
                                             std::span<const std::complex<double>> shifts);

}  // namespace tmm::analysis
