// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/base/measure.hpp"

namespace tmm::analysis {

/// A singular value with its interval.
struct ExtremeValue {
  ScaledReal value;
  double relative_error = 0;  ///< |value − σ|/σ is at most about this
  std::string method;
  Status status = Status::numerical;  ///< certified where σ is |w| of a delay, or 0
};

/// The ends of the singular spectrum of T_n(a), for n that is too large for all of it.
struct ExtremeSpectrum {
  std::vector<ExtremeValue> largest;   ///< descending; what converged, and has a digit, of what was asked for
  std::vector<ExtremeValue> smallest;  ///< ascending from σ_min; empty if only the bracket is known
  std::size_t exact_zeros = 0;         ///< values that are 0 exactly: one for every leading zero weight
  ScaledReal sigma_min_lower;          ///< 1/‖b‖₁ ≤ σ_min, b = 1/a mod z^n
  ScaledReal sigma_min_upper;          ///< σ_min ≤ 1/‖b‖₂
  bool bracket_known = false;          ///< false if the inverse's weights could not be computed well enough
  std::vector<std::string> notes;      ///< what did not converge, and why
};

/// The `count` largest singular values and σ_min of T_n(a), O(n log n) a product.
///
/// Largest: symmetric Lanczos (Spectra) on x ↦ J T x with FFT products, never on TᵀT. J T is symmetric, so a
/// Ritz value θ with residual r = ‖J T x − θ x‖, ‖x‖ = 1, lies within r of an eigenvalue ±σ; the interval
/// adds the rounding of the product (12 u log₂(2n) max|â|, FFTW measured, not proven). Values within each
/// other's intervals are not told apart; one whose interval is wider than a hundredth of it is left out.
///
/// σ_min: the bracket from the weights of the inverse, whose exponents are carried apart (ScaledInverse). It
/// is sharpened with
///   (J T)⁻¹ = J T(b) J,   J T(b) = ρ^{−(n−1)} D J T(b̃) D,   D = diag(ρ^i):
/// where D J T(b̃) D fades within `leading` rows, a dense eigenproblem on the leading block gives the largest
/// eigenvalues, so σ_min and those further vanishing values that are not lost beside it; else Lanczos on the
/// same product. Where double precision does not give σ_min to ten digits, b comes from ball arithmetic, as
/// long as that is affordable.
///
/// With m leading zero weights m values are 0 and the others are those of the operator of n − m weights
/// behind them. Throws ArgumentError if taps is empty or not finite.
ExtremeSpectrum extreme_spectrum(std::span<const double> taps, std::size_t count = 6);

}  // namespace tmm::analysis
