// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "analysis/base/real_ball.hpp"

namespace tmm::analysis {

/// Proven upper bounds u_1 ≥ … ≥ u_k of the k smallest singular values of T_n(a), of each of them in turn:
/// σ_{n−k+i} ≤ u_i. They are as tight as the square of the angle between `basis` (n × k, orthonormal up to
/// rounding, as LAPACK gives it) and the invariant subspace meant.
///
/// B = (J T)⁻¹ = J T(b), b = 1/a mod z^n, has the singular values 1/σ, and σ_i(M) ≤ ‖X‖² σ_i(B) for
/// M = XᵀB X, which is found in ball arithmetic. Symmetric elimination with complete pivoting gives
/// M = L diag(β) Lᵀ with all its decades in β. With Cholesky's K Kᵀ = LᵀL the matrix Q = L K^{−T} is
/// orthogonal, and M Q = L diag(β) K = F D, D = diag(2^{e_j}), where F is of ordinary size since K is lower
/// triangular and β falls. One-sided Jacobi rotations in double precision, each scaled by the powers of two
/// of its columns, find Z such that F D V = F Z D has nearly orthogonal columns, V = D⁻¹ Z D nearly
/// orthogonal. Of them balls show: if |cos| between column i of F Z and the others adds up to at most κ,
///
///   σ_i(M) = σ_i(F D) ≥ σ_i(F Z D)/‖V‖ ≥ √(1 − κ)·(2^{e_j}‖(F Z)_j‖ in descending order)_i/‖V‖ (Ostrowski).
///
/// `largest_value`: about the largest of them, in the units of taps (taps[0] ≠ 0); `decades`: what log2 of
/// the largest over the smallest may be, if that is known, else 0: it spares attempts with too few bits.
/// Empty if it would all take more than about a second, or precision does not suffice.
std::optional<std::vector<RealBall>> vanishing_upper_bounds(std::span<const long double> taps,
                                                            const Eigen::MatrixXd& basis,
                                                            double largest_value, double decades = 0);

}  // namespace tmm::analysis
