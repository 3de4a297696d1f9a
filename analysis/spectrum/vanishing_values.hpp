// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

namespace tmm::analysis {

/// Singular values that LAPACK cannot resolve, each to full relative accuracy.
struct VanishingValues {
  std::vector<long double> exponents;   ///< log2 σ, descending; one for each basis vector
  std::vector<double> relative_errors;  ///< estimates of |error|/σ, one for each
};

/// The singular values of T_n(a) on a small invariant subspace, in double precision, from the zeros of the
/// symbol.
///
/// `basis`: orthonormal columns X (n × k) spanning the invariant subspace of J·T that belongs to its k
/// smallest |eigenvalues|. A Rayleigh–Ritz step on (J T)⁻¹ squares the error of that subspace, so X may come
/// from LAPACK although LAPACK's eigenvalues there are noise. With c_m and r_j, z_j of LaurentInverse
///   (J T)⁻¹ = J (C − Σ_j r_j z_j^{−n} v_j v_jᵀ) J ,   v_j = (z_j^i)_{0≤i<n} ,   C_{il} = c_{n−1−i−l} :
/// the zeros deep inside the disc carry the huge part as exact exponentials with their exponents apart, the
/// rest is an ordinary Hankel matrix. The k×k projection is a graded sum, solved to high relative accuracy.
/// `largest_value`: bound of the values looked for.
///
/// Empty where the structure does not allow it (multiple or clustered zeros): then extended precision is
/// needed.
std::optional<VanishingValues> vanishing_by_residues(std::span<const long double> taps,
                                                     const Eigen::MatrixXd& basis, double largest_value);

/// The same in ball arithmetic, whatever the zeros: b = 1/a mod z^n and the projection Yᵀ (J T⁻¹) Y, Y = J X,
/// with as many bits as the growth of b asks for, then a graded sum by symmetric elimination with complete
/// pivoting. The radii tell when precision is short; it is raised until they are small. Empty if that would
/// take more than about ten seconds, or the result is not accurate.
std::optional<VanishingValues> vanishing_by_balls(std::span<const long double> taps,
                                                  const Eigen::MatrixXd& basis, double largest_value);

}  // namespace tmm::analysis
