// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "analysis/spectrum/hankel_eigen.hpp"

namespace tmm::analysis {

/// Proven: eigenvalue i of J·T_n(a), ascending, lies in [lower[i], upper[i]].
struct EigenvalueEnclosures {
  std::vector<double> lower, upper;
  /// Of what the enclosures are made, all proven: |λ_i(J·T) − λ_i(S)| ≤ distance for the tridiagonal form S,
  /// from ‖J·T·Q − Q·S‖₂ ≤ residual and ‖QᵀQ − I‖₂ ≤ orthogonality.
  double distance = 0, residual = 0, orthogonality = 0;
};

/// Encloses all eigenvalues of A = J·T_n(a); `taps` as HankelEigen has had them, max|w| in [½, 1), `values`
/// as HankelEigen::values() gave them (they need not be right: they are where the search begins).
///
/// Let S be the tridiagonal matrix that LAPACK returned, Q the product of its reflectors as computed,
/// R = A Q − Q S, QᵀQ = I + F, ‖F‖₂ ≤ ε < 1. Q = U H with H = (I + F)^½ and U orthogonal. Since
/// QᵀA Q = (I + F/2) S (I + F/2) − F S F/4 + sym(QᵀR),
///
///   UᵀA U = C S Cᵀ − H⁻¹F S F H⁻¹/4 + sym(UᵀR H⁻¹),   C = H⁻¹(I + F/2),
///
/// where the singular values of C lie in [1, (1 + ε²/(4(1 − ε)))^½]. By Ostrowski's theorem (Horn & Johnson,
/// Matrix Analysis, 2nd ed., Thm 4.5.9) and Weyl's inequality (Thm 4.3.1)
///
///   |λ_i(A) − λ_i(S)| ≤ ‖R‖₂/√(1 − ε) + ε²/(2(1 − ε))·‖S‖₂ .
///
/// (Weyl's bound by residuals: Oishi, Linear Algebra Appl. 324, 2001; Rump, Acta Numerica 19, 2010; for
/// singular values BIT 51, 2011. That orthogonality enters by its square is due to the
/// symmetric splitting of QᵀQ S above.)
///
/// R is found without directed rounding. T = T₁ + T₂ and Q = Q₁ + Q₂ are cut so that every product and every
/// partial sum of T₁Q₁ is an integer multiple of one unit below 2^53 of them: exact, whatever the order of
/// summation, fused or not (after Ozaki, Ogita, Oishi & Rump, Numer. Algorithms 59, 2012). The two other
/// products, T₁Q₂ and T₂Q, are 2^−20 as large, and so is the bound of their rounding: by transforms
/// (proven_product.hpp), in O(n² log n). S is cut like T, so that the leading parts of the difference to Q S
/// cancel without rounding, too. Assumed of BLAS: entries of a product are sums of the n products, in any
/// order (not Strassen's algorithm).
///
/// Eigenvalues of S are enclosed by Sturm counts; the rounding of a count is that of a matrix whose
/// subdiagonal differs by a relative 6u (SturmCount; Demmel, 1997, §5.3.4, here with its rescaling counted).
EigenvalueEnclosures enclose_eigenvalues(std::span<const double> taps, const HankelEigen& eigen,
                                         std::span<const double> values);

}  // namespace tmm::analysis
