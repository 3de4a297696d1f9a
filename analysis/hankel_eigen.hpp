// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

namespace tmm::analysis {

/// The real symmetric Hankel matrix J·T_n(a), (J T)_{ij} = w_{n−1−i−j}, reduced to tridiagonal form by
/// LAPACK. Its eigenvalues are ± the singular values of T_n(a), at half the work of an SVD.
///
/// The reduction is backward stable: each eigenvalue is that of J·T + E with ‖E‖₂ ≤ p(n)·ε·σ_max
/// (LAPACK Users' Guide, 3rd ed., §4.7), so its error is absolute, never relative to itself.
class HankelEigen {
 public:
  /// taps: n ≥ 1 values of size about 1 (no overflow guard here). Runs on one BLAS thread.
  explicit HankelEigen(std::span<const double> taps);

  /// All n eigenvalues, ascending.
  [[nodiscard]] std::vector<double> values() const;

 private:
  int n_;
  std::vector<double> diagonal_, subdiagonal_;  // the tridiagonal form
  std::vector<double> reflectors_, tau_;        // the orthogonal reduction, as dsytrd leaves it
};

}  // namespace tmm::analysis
