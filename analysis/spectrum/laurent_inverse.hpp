// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/symbol/symbol_zero.hpp"

namespace tmm::analysis {

/// The Laurent coefficients c_m of 1/a on a circle |z| = ρ free of zeros, 1/a(z) = Σ_m c_m z^m, by one FFT of
/// 1/a. With the zeros z_j inside the circle (all simple) and r_j = 1/a'(z_j),
///   c_m = Σ_j r_j z_j^{−m−1}          for m < 0        (principal parts)
///   b_m = c_m − Σ_j r_j z_j^{−m−1}    for m ≥ 0        (b = the power series of 1/a),
/// which splits the coefficients of T⁻¹, however large they grow, into a few exact exponentials and bounded
/// rest.
struct LaurentInverse {
  double radius = 1;
  /// c_m ρ^m for −n < m < n, at index m + n − 1.
  std::vector<double> scaled;
  double largest = 0;  ///< max |c_m ρ^m|
  double error = 0;    ///< estimate of the absolute error of each entry of `scaled`
};

/// The coefficients, and the proof by numbers that `inside` are all the zeros in |z| < ρ and that their
/// residues are right: the winding number of the samples equals their number, and the computed c_m, −n < m <
/// 0, agree with the principal parts. Empty where either fails (a zero missing, or too close to the circle).
/// `outside`: zeros known beyond the circle; like those inside they are used to remove aliasing, and need not
/// be complete. What other zeros, (their distance to the circle)^samples, alias is one of the errors that the
/// agreement bounds.
std::optional<LaurentInverse> laurent_inverse(std::span<const long double> taps, double radius,
                                              std::span<const SymbolZero> inside,
                                              std::span<const SymbolZero> outside,
                                              std::size_t samples_per_tap = 16);

}  // namespace tmm::analysis
