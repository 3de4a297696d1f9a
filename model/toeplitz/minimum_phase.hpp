// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

namespace tmm::model {

/// Polynomials without a zero in the closed disc, by their reflection coefficients.
///
///   p⁽⁰⁾ = 1,   p⁽ᵏ⁾(z) = p⁽ᵏ⁻¹⁾(z) + κ_k z^k p⁽ᵏ⁻¹⁾(1/z),   κ_k = tanh u_k,   k = 1 … n − 1
///
/// (Levinson 1947; Schur 1917, Cohn 1922: on the circle the second term is smaller than the first, so by
/// Rouché no zero ever enters the disc.) The coefficients of p = p⁽ⁿ⁻¹⁾ begin with 1, and a = s·p, s ≠ 0, has
/// winding number 0. Every polynomial with a_0 ≠ 0 and all zeros outside the closed disc has exactly one such
/// (s, u).
class MinimumPhasePolynomial {
 public:
  /// From u_1 … u_{n−1}; degree n − 1. O(n²) time and memory (what the gradient needs is kept).
  explicit MinimumPhasePolynomial(std::span<const double> u);

  [[nodiscard]] std::span<const double> coefficients() const { return steps_.back(); }  ///< n
  /// du_k of a function whose derivatives to the coefficients are `gradient` (n of them): the recursion run
  /// backward, exact up to rounding. O(n²).
  [[nodiscard]] std::vector<double> pull_back(std::span<const double> gradient) const;

  /// Q = Π (1 − κ_k²) = 1 / mean_θ |p(e^{iθ})|⁻² (Geronimus 1961; the prediction error of an autoregressive
  /// process over its variance).
  [[nodiscard]] double prediction_ratio() const { return ratio_; }
  /// A lower bound of min_θ |p|: m ≥ 1 / (πnM/Q + 1/(πnM)) with M = Σ|p_j|.
  ///
  /// Proof. Let |p| = m at θ₀. By Bernstein |p(e^{iθ})| ≤ m + nM|θ − θ₀|, hence
  ///   1/Q = mean |p|⁻² ≥ (1/π) ∫₀^π (m + nMt)⁻² dt ≥ (1/(πnM)) (1/m − 1/(πnM)).
  [[nodiscard]] double least_modulus() const;

 private:
  std::vector<double> kappa_;               // κ_1 …
  std::vector<std::vector<double>> steps_;  // p⁽⁰⁾ … p⁽ⁿ⁻¹⁾
  double ratio_ = 1;
};

/// Whether s·p is still free of zeros in the closed disc after each coefficient has been rounded to float32.
/// A change of the coefficients by |δ_j| ≤ 2⁻²⁴|p_j| moves the symbol by at most 2⁻²⁴ Σ|p_j| = 2⁻²⁴ M; below
/// min|p| that keeps the winding number (Rouché). Asked for is M·2⁻²³ < least_modulus(): the factor 2 is for
/// the recursion itself, whose double arithmetic is 2²⁹ times finer than float32, and for the rounding of
/// this test.
bool survives_float32(const MinimumPhasePolynomial& polynomial);

/// Shrinks u towards 0, by as little as a factor of 0.98^j takes, until survives_float32. At u = 0 it holds
/// for every n up to 2²¹. Returns whether anything changed.
bool keep_off_the_circle(std::span<double> u);

}  // namespace tmm::model
