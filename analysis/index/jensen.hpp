// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "analysis/base/measure.hpp"
#include "analysis/index/winding.hpp"
#include "analysis/symbol/zeros.hpp"

namespace tmm::analysis {

/// Jensen's formula: mean_θ ln|a(e^{iθ})| − ln|w_0| = Σ_{|z_j|<1} ln(1/|z_j|) ≥ 0, with equality exactly for
/// minimum phase. ∞ if w_0 = 0. Two independent computations, each checking the other.
struct JensenDefect {
  Measure by_quadrature;            ///< left side
  std::optional<Measure> by_zeros;  ///< right side, if zeros were computed
  bool agree = true;                ///< the two differ by no more than the sum of their errors
  Measure
      value;  ///< the one with the smaller error; exactly 0 if N = 0 is certified; undecided if they differ
};

/// Mean of ln|a| over the circle by Gauss–Legendre quadrature with 16 nodes on arcs, bisected until ln of the
/// local jet is analytic in a Bernstein ellipse of ϱ = 3.3 (error below 3·10⁻¹⁶; Trefethen, Approximation
/// Theory and Approximation Practice, 2013, Thm 19.3). The error adds the proven error of the jets relative
/// to |a|.
Measure mean_log_modulus(std::span<const double> taps);

JensenDefect jensen_defect(std::span<const double> taps, const Winding& winding,
                           const Zeros* zeros = nullptr);

}  // namespace tmm::analysis
