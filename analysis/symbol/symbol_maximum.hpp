// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "analysis/base/scaled_enclosure.hpp"

namespace tmm::analysis {

/// Proven enclosure lower ≤ max_θ |a(e^{iθ})| ≤ upper; the maximum is the norm of T(a) on ℓ² and bounds every
/// singular value of T_n(a).
struct SymbolMaximum {
  double lower = 0;
  double upper = 0;
  /// The same bounds in units of 2^exponent, ½ ≤ max|w| < 1 in these units: never beyond the range of double.
  double scaled_lower = 0, scaled_upper = 0;
  int exponent = 0;
};

/// |a|² is a real trigonometric polynomial of degree n − 1, so its maximum is at most that over N > 2(n − 1)
/// equally spaced points divided by cos(π(n − 1)/N) (Ehlich & Zeller, Math. Z. 86, 1964). Here N is at least
/// 64 n (6e-4 between the bounds) up to n = 2^14, and 8 n (4 %) beyond. O(n log n). Throws ArgumentError if
/// taps is empty or holds NaN or ±∞; the upper bound is ∞ where it exceeds the range of double.
SymbolMaximum symbol_maximum(std::span<const double> taps);

}  // namespace tmm::analysis
