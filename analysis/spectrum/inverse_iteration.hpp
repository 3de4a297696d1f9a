// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>

namespace tmm::analysis {

/// Orthonormal basis (n × k) of the invariant subspace of a real symmetric tridiagonal matrix that belongs to
/// the k eigenvalues near `shifts`, one shift for each: inverse iteration on all of them side by side (Peters
/// & Wilkinson, SIAM Review 21, 1979), made orthonormal after each step by Cholesky's factor of XᵀX. Where
/// eigenvalues are closer than rounding tells apart, their columns are some independent combinations, which
/// the step after makes orthonormal. Nothing if columns come out dependent; whether the space is invariant is
/// for the caller to check. diagonal: n entries; subdiagonal: n − 1 or more.
std::optional<Eigen::MatrixXd> inverse_iteration(std::span<const double> diagonal,
                                                 std::span<const double> subdiagonal,
                                                 std::span<const double> shifts);

}  // namespace tmm::analysis
