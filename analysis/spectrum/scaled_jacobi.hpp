// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <span>

namespace tmm::analysis {

/// Z (k × k) such that the columns of F Z diag(2^e) are nearly orthogonal and V = diag(2^−e) Z diag(2^e) is
/// nearly orthogonal, by one-sided Jacobi rotations of the columns of F diag(2^e), whose sizes may differ by
/// any power of two: neither they nor V are formed, only F Z and Z, whose entries are of ordinary size. What
/// comes out is not proven; how good it is shows in F Z and V.
Eigen::MatrixXd scaled_jacobi(Eigen::MatrixXd F, std::span<const long> exponents);

}  // namespace tmm::analysis
