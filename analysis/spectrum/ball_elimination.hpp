// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <utility>
#include <vector>

#include "analysis/base/real_ball.hpp"
#include "analysis/spectrum/inverse_projection.hpp"

namespace tmm::analysis {

/// Where complete pivoting of a symmetric M goes on among the rows `rest` (Bunch & Parlett, SIAM J. Numer.
/// Anal. 8, 1971): {i, i} for a pivot of order 1, if one is at least half the largest entry beside the
/// diagonal (0.64 would be best; one bit of leeway changes nothing), else the {i, j} of one of order 2.
std::pair<Eigen::Index, Eigen::Index> choose_pivot(BallMatrix& M, const std::vector<Eigen::Index>& rest);

/// M_ij −= x y, and M_ji with it.
void subtract_product(BallMatrix& M, Eigen::Index i, Eigen::Index j, arb_struct* x, arb_struct* y,
                      long precision);

/// M = L diag(β) Lᵀ in balls, for a symmetric M of order `size`, which is destroyed: elimination with
/// complete pivoting (Bunch & Parlett 1971), pivots of order 2 in their own eigenvectors. |β| falls, up to a
/// small factor; L is well conditioned. False if a pivot is lost in its radius: more precision is needed.
bool eliminate(BallMatrix& M, Eigen::Index size, long precision, BallMatrix& L, std::vector<RealBall>& beta);

}  // namespace tmm::analysis
