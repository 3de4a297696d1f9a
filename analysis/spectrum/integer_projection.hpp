// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include "analysis/spectrum/inverse_projection.hpp"

namespace tmm::analysis {

/// Whether project_in_integers() takes Y: n ≤ 2^12, entries that are multiples of 2^−60, columns no longer
/// than 1.001.
bool fits_integers(const Eigen::MatrixXd& Y);

/// The nearest multiples of 2^−60; an entry of 2^−8 or more is one.
Eigen::MatrixXd rounded_to_integers(const Eigen::MatrixXd& Y);

/// project_inverse() for a Y that fits_integers(): b is cut to multiples of a unit 2^e, `precision` bits
/// below its largest coefficient, and all else is a sum of products of integers, without rounding. Digits d
/// of base 2^60, |d| ≤ 2^59, let such a sum run in 128 bits: by Cauchy and Schwarz it is at most
/// 2^59·2^60·1.001·√n.
///
/// With δ, the largest radius of b and the unit together, every M_ij is off by at most δ ‖y_i‖₁ ‖y_j‖₁
/// ≤ 1.0021 δn. O(n k (n + k)·precision/60), a few cycles each: 3.5 times faster than balls at n = 256 and
/// 256 bits.
void project_in_integers(BallMatrix& M, const BallSeries& inverse, const Eigen::MatrixXd& Y, long precision);

}  // namespace tmm::analysis
