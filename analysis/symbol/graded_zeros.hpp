// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "analysis/symbol/zero_discs.hpp"

namespace tmm::analysis {

/// Ehrlich–Aberth iteration in long double for polynomials that double precision cannot hold: coefficients
/// and zeros from 1e-4000 to 1e4000, with rounding errors relative to Σ|c_k||z|^k at each point.
/// Approximations that coincide are separated. One approximation a zero, all different; coefficients: c_0 ≠
/// 0, leading ≠ 0.
std::vector<std::complex<long double>> graded_zeros(std::span<const long double> coefficients);

/// Smith's discs n|a(z_i)|/|c_n Π_{j≠i}(z_i − z_j)| of approximations that are all different: every connected
/// component of m discs holds exactly m zeros. Rounding included; ∞ where it hides everything.
std::vector<ZeroDisc> smith_discs(std::span<const long double> coefficients,
                                  std::span<const std::complex<long double>> approximations);

}  // namespace tmm::analysis
