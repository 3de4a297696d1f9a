// SPDX-License-Identifier: MIT
#pragma once

namespace tmm::analysis {

/// Proven: lower·2^exponent ≤ x ≤ (lower + width)·2^exponent. The power of two keeps what lies below the
/// normal doubles or beyond the largest one.
struct ScaledEnclosure {
  double lower = 0;
  double width = 0;
  int exponent = 0;
};

/// x·2^exponent for x ≥ 0, rounded down (to the largest double where it is larger still).
double scale_down(double x, int exponent);
/// x·2^exponent for x ≥ 0, rounded up (∞ where it is larger than every double).
double scale_up(double x, int exponent);

}  // namespace tmm::analysis
