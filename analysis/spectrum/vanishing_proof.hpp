// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "analysis/base/real_ball.hpp"

namespace tmm::analysis {

/// Proven upper bounds u_1 ≥ … ≥ u_k of the k smallest singular values of T_n(a), in ball arithmetic: of each
/// of them in turn, σ_{n−k+i} ≤ u_i. They are as tight as the square of the angle between `basis` (n × k,
/// orthonormal up to rounding, as LAPACK gives it) and the invariant subspace meant.
///
/// B = (J T)⁻¹ = J T(b), b = 1/a mod z^n, has the singular values 1/σ. For any X (n × k) and V (k × k)
/// σ_i(XᵀB X V) ≤ ‖X‖² ‖V‖ σ_i(B). With V of eigenvectors of XᵀB X, by Jacobi's rotations in enough bits, the
/// columns h_i of XᵀB X V are nearly orthogonal: |cos(h_i, h_j)| summed over j ≠ i is at most κ, and then
/// σ_i(XᵀB X V) ≥ √(1 − κ)·‖h_i‖ in descending order (Ostrowski).
///
/// `largest_value`: about the largest of them, in the units of taps (taps[0] ≠ 0). Empty if that would take
/// more than about a second, or precision does not suffice.
std::optional<std::vector<RealBall>> vanishing_upper_bounds(std::span<const long double> taps,
                                                            const Eigen::MatrixXd& basis,
                                                            double largest_value);

}  // namespace tmm::analysis
