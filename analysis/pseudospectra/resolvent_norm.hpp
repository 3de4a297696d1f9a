// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/base/measure.hpp"

namespace tmm::analysis {

/// σ_min(T_n(a) − λ) = 1/‖(T_n(a) − λ)⁻¹‖.
struct ResolventNorm {
  ScaledReal sigma_min;
  /// certified: λ = w_0, where σ_min = 0; numerical: |σ_min − truth| ≤ about relative_error·truth;
  /// below_precision: σ_min is the upper end of the bracket.
  Status status = Status::numerical;
  double relative_error = 0;
  ScaledReal lower, upper;  ///< 1/‖b‖₁ ≤ σ_min ≤ 1/‖b‖₂, b = 1/(a − λ) mod z^n
};

struct ResolventOptions {
  double tolerance = 1e-8;       ///< of the Ritz value's residual, relative
  std::size_t most_steps = 400;  ///< of Lanczos
  std::size_t threads = 1;
};

/// The resolvent norm at each of the points λ.
///
/// With H = J T_n(b), J the reversal, complex symmetric, the antilinear map x ↦ conj(H x) is symmetric over
/// the reals, of order 2n, with eigenvalues ±σ_i(H) (Takagi). Lanczos on it needs one product a step, O(n log
/// n) by FFT, and no HᴴH. A Ritz value θ of residual r lies within r of an eigenvalue; being a Rayleigh
/// quotient it is a lower bound of σ_max(H) = 1/σ_min. No vectors are kept and none made orthogonal again:
/// that leaves copies of converged values, never wrong ones (Paige, J. Inst. Maths Applics 18, 1976). The
/// error stated adds the rounding of the products (12 u log₂(2n) max|b̂|, FFTW measured, not proven) and of b.
///
/// Where |λ − a| has zeros inside the disc, σ_min falls like |z|^n: exponents stand apart, so it is right
/// below 1e−16, where decompositions of the dense matrix return their rounding errors. Trefethen & Embree,
/// Spectra and Pseudospectra (2005), ch. 7; Böttcher & Grudsky, Toeplitz Matrices, Asymptotic Linear Algebra,
/// and Functional Analysis (2000), ch. 3.
///
/// O(n²) a point for b, O(n log n) for each step. Results do not depend on the number of threads or on the
/// other points. Throws ArgumentError for no taps, or taps or a point that are not finite.
std::vector<ResolventNorm> resolvent_norms(std::span<const double> taps,
                                           std::span<const std::complex<double>> points,
                                           const ResolventOptions& options = {});

}  // namespace tmm::analysis
