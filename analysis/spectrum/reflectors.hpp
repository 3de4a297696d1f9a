// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <span>

namespace tmm::analysis {

/// basis ← H_0 H_1 … H_{n−2} basis, with the reflectors H_i = I − τ_i v_i v_iᵀ as dsytrd leaves them for a
/// lower triangle: v_i is 0 up to i, 1 at i + 1, and column i of `reflectors` (n × n) below. What dormtr
/// does; for few columns several times faster, since sixteen of them pass through all reflectors while they
/// stay in the cache, and each reflector's products are taken while the one before is applied.
void apply_reflectors(std::span<const double> reflectors, std::span<const double> tau,
                      Eigen::MatrixXd& basis);

}  // namespace tmm::analysis
