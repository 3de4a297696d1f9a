// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tmm::analysis {

/// The weights of an operator without their leading zeros, times 2^−shift so that the largest lies in [½, 1):
/// with m leading zeros a(z) = z^m 2^shift Σ_k taps[k] z^k. Exact: long double holds every scaled double.
struct ScaledTaps {
  std::vector<long double> taps;  ///< empty for the zero operator; otherwise taps[0] ≠ 0
  std::size_t leading_zeros = 0;
  int shift = 0;

  /// Throws ArgumentError for no taps or one not finite.
  static ScaledTaps from(std::span<const double> taps);

  /// Rounded to double: what is below 1e-307 of the largest weight may vanish.
  [[nodiscard]] std::vector<double> as_double() const;
  /// a = w_m z^m, the zero operator included.
  [[nodiscard]] bool is_delay() const;
};

}  // namespace tmm::analysis
