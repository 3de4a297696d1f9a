// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "analysis/pseudospectra/plane_distances.hpp"

namespace tmm::analysis {

/// log10 of a lower bound of the Kreiss constant of A = shift·I + T_n(a),
///   K(A) = sup_{|z|>1} (|z| − 1)‖(z − A)⁻¹‖ ≤ sup_k ‖A^k‖ ≤ e n K(A)
/// (Kreiss 1962; Spijker 1991): of the largest value that was found, below it by the error estimate of the
/// resolvent. +∞, certified, where the powers of A are unbounded: an eigenvalue beyond the circle, or one on
/// it unless A is diagonal. `point` is z.
///
/// Throws ArgumentError for no taps or one that is not finite.
PlaneMeasure log10_kreiss_constant(std::span<const double> taps, double shift, std::size_t threads = 1);

}  // namespace tmm::analysis
