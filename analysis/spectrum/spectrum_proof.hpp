// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/base/scaled_taps.hpp"
#include "analysis/spectrum/hankel_eigen.hpp"
#include "analysis/spectrum/spectrum.hpp"

namespace tmm::analysis {

/// What LAPACK has left behind of one spectrum.
struct SpectrumEvidence {
  const ScaledTaps& taps;
  const HankelEigen& eigen;
  std::span<const double> eigenvalues;  ///< of J·T, ascending, as HankelEigen::values() gave them
};

/// Turns values of `spectrum` (all n of them, without those of leading zeros) from numerical into certified,
/// each with a proven bound of |value − σ| ≤ relative_error·min(σ, value). What a proof contradicts is
/// replaced by what it says; what it does not reach stays as it is, or becomes a proven upper bound.
///
/// Every value has an enclosure of fixed width from enclose_eigenvalues(). Where that leaves fewer than about
/// seven digits, the k smallest have a better one: with P = Π σ_i over the others, in that enclosure,
/// Π σ_i = |w_0|^n says
///
///   k = 1:  σ_n = |w_0|^n/P ;
///   k > 1:  u_j·r ≤ σ_{n−k+j} ≤ u_j,  r = |w_0|^n/(P Π u_i),  u of vanishing_upper_bounds():
///
/// none can lie far below its upper bound, since their product does not. Throws std::runtime_error where the
/// two enclosures of a value have nothing in common: then BLAS is not what enclose_eigenvalues() assumes.
void prove_spectrum(const SpectrumEvidence& evidence, Spectrum& spectrum);

}  // namespace tmm::analysis
