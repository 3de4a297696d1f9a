// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace tmm::analysis {

/// Counts of eigenvalues of a real symmetric tridiagonal matrix by the signs of its Sturm sequence,
///   q_0 = d_0 − x,  q_i = d_i − x − e_{i−1}²/q_{i−1}:  as many q_i are negative as eigenvalues lie below x.
/// In floating point a count is right for a matrix whose entries differ by a few units in their last place
/// (Kahan 1966; Demmel, Applied Numerical Linear Algebra, 1997, §5.3.4), so it settles every eigenvalue to
/// about 4·2^−52 of the largest, whatever clusters there are.
class SturmCount {
 public:
  static constexpr int lanes = 8;  ///< shifts that one pass counts side by side
  using Shifts = Eigen::Array<double, lanes, 1>;

  /// n diagonal and n − 1 (or more) subdiagonal entries of size about 1.
  SturmCount(std::span<const double> diagonal, std::span<const double> subdiagonal);

  /// Number of eigenvalues below each shift.
  [[nodiscard]] Shifts below(const Shifts& x) const;
  /// The same as the formula above has it.
  [[nodiscard]] Shifts below_by_division(const Shifts& x) const;

  /// `values`: approximate eigenvalues, all n, ascending. Each that counts do not confirm within `tolerance`
  /// is found anew by bisection; they are ascending afterwards. QL iterations (dsterf) lose digits where
  /// hundreds of eigenvalues lie within 1e-7 of each other.
  void confirm(std::vector<double>& values, double tolerance) const;

 private:
  [[nodiscard]] Shifts bisect(const Shifts& values, const Shifts& rank, double tolerance) const;

  std::vector<double> diagonal_, squares_;  // squares_[i] = e_{i−1}², squares_[0] = 0
  double largest_ = 0;                      // bound of the eigenvalues' moduli
};

}  // namespace tmm::analysis
