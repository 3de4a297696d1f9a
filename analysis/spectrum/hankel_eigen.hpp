// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <optional>
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

  /// All n eigenvalues, ascending; those of the tridiagonal form within `tolerance` times the largest, by
  /// dsterf and confirmed by Sturm counts.
  [[nodiscard]] std::vector<double> values(double tolerance) const;

  /// Orthonormal basis (n × count) of the invariant subspace of J·T that belongs to values[first … first +
  /// count), values as values() returned them: by inverse iteration, checked; where the check fails by divide
  /// and conquer. Single columns are arbitrary where eigenvalues are close; the space is off by at most about
  /// ε·σ_max / (distance of its eigenvalues from the others).
  [[nodiscard]] Eigen::MatrixXd vectors(std::span<const double> values, std::size_t first,
                                        std::size_t count) const;

  /// The tridiagonal form: n diagonal and n − 1 (or more) subdiagonal entries.
  [[nodiscard]] std::span<const double> diagonal() const { return diagonal_; }
  [[nodiscard]] std::span<const double> subdiagonal() const { return subdiagonal_; }
  /// Q (n × n) of J·T ≈ Q (tridiagonal form) Qᵀ, the reflectors multiplied out.
  [[nodiscard]] Eigen::MatrixXd reduction() const;

 private:
  // All in the coordinates of the tridiagonal form.
  [[nodiscard]] std::optional<Eigen::MatrixXd> by_inverse_iteration(std::span<const double> values,
                                                                    std::size_t first,
                                                                    std::size_t count) const;
  [[nodiscard]] bool is_invariant(const Eigen::MatrixXd& basis, std::span<const double> values,
                                  std::size_t first) const;
  [[nodiscard]] Eigen::MatrixXd by_divide_and_conquer(std::size_t first, std::size_t count) const;

  int n_;
  std::vector<double> diagonal_, subdiagonal_;  // the tridiagonal form
  std::vector<double> reflectors_, tau_;        // the orthogonal reduction, as dsytrd leaves it
};

}  // namespace tmm::analysis
