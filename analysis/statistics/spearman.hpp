// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace tmm::analysis {

/// Spearman's rank correlation of pairs (x_i, y_i).
struct Spearman {
  std::size_t count = 0;
  double rho = 0;      ///< correlation of the middle ranks, −1 … 1
  double p_value = 1;  ///< two-sided: chance of |ρ| at least this large if all pairings are equally likely
  bool exact = false;  ///< over all pairings of these ranks, ties included; else Student's t of ρ
  /// 95 % interval: tanh(artanh ρ ± 1.96·√((1 + ρ²/2)/(count − 3))) (Fisher's z with the standard error of
  /// Bonett and Wright 2000). None where |ρ| = 1, of which it knows nothing.
  std::optional<double> lower, upper;
};

/// From so many pairs on there is an interval, and anything is said at all.
inline constexpr std::size_t fewest_correlated = 4;
/// Up to so many pairs all pairings are gone through (9! = 362,880); beyond, t = ρ√((n − 2)/(1 − ρ²)) with
/// n − 2 degrees of freedom (Kendall and Gibbons 1990), and of |ρ| = 1 the share 2/n! of pairings.
inline constexpr std::size_t most_exact_pairs = 9;

/// Nothing for fewer than four pairs, or where all x or all y are equal. Throws ArgumentError for samples of
/// different sizes or a NaN; ±∞ take part by rank.
std::optional<Spearman> spearman(std::span<const double> x, std::span<const double> y);

}  // namespace tmm::analysis
