// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/jacobian/linear_map.hpp"

namespace tmm::analysis {

/// What k steps of Golub–Kahan–Lanczos bidiagonalisation know of the singular values of A. With orthonormal
/// columns V_k, U_k:
///   A V_k = U_k B_k,   Aᵀ U_k = V_k B_kᵀ + β_k v_{k+1} e_kᵀ,   B_k upper bidiagonal (α on, β above the
///   diagonal)
struct GolubKahan {
  /// Singular values of B_k, descending. θ_i ≤ σ_i(A) for every i, by interlacing: so many values of A are at
  /// least this large.
  std::vector<double> ritz;
  /// For every i a singular value of A (or 0, if A is not square) lies within residual[i] of ritz[i]:
  /// β_k|p_ki|, p_i the left singular vector of B_k. Not that it is the i-th.
  std::vector<double> residual;
  /// For ritz.front() the same by the residual of its vectors by two products more, √((‖A y − θ x‖² + ‖Aᵀ x −
  /// θ y‖²)/2).
  double largest_residual = 0;
  /// An upper bound of the smallest of the min(rows, cols) singular values: min ‖A y‖ over ‖y‖ = 1 in the
  /// span of V_k, or min ‖Aᵀ x‖ over that of U_k where A has more columns than rows.
  double smallest_upper = 0;
  /// ‖VᵀV − I‖ and ‖UᵀU − I‖, the larger one, entry by entry: what rounding has left of orthogonality.
  double orthogonality = 0;
  bool complete = false;  ///< k = min(rows, cols), and all of A is in B_k: the Ritz values are all there are
};

/// `steps` steps (at most min(rows, cols)) from a random vector named by `seed`, every new vector
/// orthogonalised against all before it, twice. A step that finds an invariant subspace goes on with a new
/// random vector. Source: Golub & Kahan, SIAM J. Numer. Anal. B 2 (1965) 205; the bounds: Golub & Van Loan,
/// Matrix Computations, 4th ed., §8.6.1 and §10.4. Throws ArgumentError for steps = 0 or an empty A,
/// FormatError for a product that is not finite.
GolubKahan golub_kahan(const LinearMap& map, std::size_t steps, std::uint64_t seed);

}  // namespace tmm::analysis
