// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace tmm::analysis {

/// Outcome of the rank-sum test of Mann and Whitney (1947) on samples a and b.
struct MannWhitney {
  double u = 0;  ///< pairs with a_i > b_j, ties counted half: 0 … |a|·|b|
  double p_value =
      1;  ///< two-sided: chance of |U − |a||b|/2| at least this large if all orders are equally likely
  bool exact = false;  ///< the permutation distribution given the ties; else its normal limit
};

/// Up to this many samples in all, the permutation distribution is counted: O(N⁴) operations, 0.1 s.
inline constexpr std::size_t largest_exact_rank_test = 120;

/// The test on two samples of real numbers; ±∞ take part by rank. Exact up to largest_exact_rank_test values,
/// ties included (counting subsets by rank sum, Streitberg and Röhmel 1986); beyond, the normal approximation
/// with tie and continuity correction (Lehmann, Nonparametrics, 1975, section 1.4). Throws ArgumentError for
/// an empty sample or a NaN.
MannWhitney mann_whitney(std::span<const double> a, std::span<const double> b);

/// Cliff's δ = P(a > b) − P(a < b) over all pairs, −1 … 1 (Cliff 1993). Throws as mann_whitney does.
double cliffs_delta(std::span<const double> a, std::span<const double> b);

}  // namespace tmm::analysis
