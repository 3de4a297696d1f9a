// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

#include "analysis/base/real_ball.hpp"
#include "analysis/spectrum/inverse_projection.hpp"

namespace tmm::analysis {

/// M = L diag(β) Lᵀ in balls, for a symmetric M of order `size`, which is destroyed: elimination with
/// complete pivoting (Bunch & Parlett 1971), pivots of order 2 in their own eigenvectors. |β| falls, up to a
/// small factor; L is well conditioned. False if a pivot is lost in its radius: more precision is needed.
bool eliminate(BallMatrix& M, Eigen::Index size, long precision, BallMatrix& L, std::vector<RealBall>& beta);

}  // namespace tmm::analysis
