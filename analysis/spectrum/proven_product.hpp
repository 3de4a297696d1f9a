// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <span>

namespace tmm::analysis {

/// A matrix and a proven bound of its error in Frobenius' norm.
struct BoundedProduct {
  Eigen::MatrixXd value;
  double error = 0;
};

/// T_n(a) X + T_n(b) Y, n × m each, by transforms with proven bounds: O(m n log n). The error bound suits
/// sums that are small, `scale`·X being about as large as Y and a/scale as b.
///
/// With the complex taps κ = a/s − i b and the columns x = s X_j + i Y_j, s = `scale` a power of two, κ * x
/// has the column of the sum as its real part: one transform of length N ≥ 2n forth and one back. Let e be
/// the factor of ProvenFft. Transforms are off by at most e‖κ‖₁ and e‖x‖₁ at each point, products there by a
/// relative √5 u (Brent, Percival and Zimmermann, Math. Comp. 76, 2007), the way back by e/N times the sum of
/// its input. By Cauchy, Schwarz and Parseval means over the N points of |κ̂|, |x̂| and |κ̂x̂| are at most ‖κ‖₂,
/// ‖x‖₂ and ‖κ‖₂‖x‖₂, and ‖·‖₁ ≤ √n‖·‖₂; so every entry is off by at most
///
///   (e (1 + 2√n) + √5 u)(1 + n e) ‖κ‖₂‖x‖₂ ≤ 2e (1 + √n) ‖κ‖₂‖x‖₂     (n e ≤ 10⁻⁶)
///
/// and all together by √n times that with ‖(s X, Y)‖_F in the place of ‖x‖₂. All entries of magnitude below
/// 2^500, n ≤ 2^20.
BoundedProduct proven_sum_of_products(std::span<const double> a, const Eigen::MatrixXd& X,
                                      std::span<const double> b, const Eigen::MatrixXd& Y, double scale);

}  // namespace tmm::analysis
