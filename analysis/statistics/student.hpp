// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace tmm::analysis {

/// P(|T| > |t|) of Student's distribution with `degrees` > 0 degrees of freedom: I_x(ν/2, ½) with
/// x = ν/(ν + t²), the incomplete beta function by its continued fraction (DLMF 8.17.22); accurate to about
/// 1e-13 relatively, in the tails too.
double student_two_sided(double t, double degrees);

/// The t > 0 with P(|T| > t) = `probability`, 0 < probability < 1.
double student_quantile(double probability, double degrees);

/// A mean, and where the mean of what was sampled lies with 95 % confidence: mean ± t·s/√count by Student's
/// distribution, exact for normal values. A single value has no interval: its bounds are NaN.
struct MeanInterval {
  std::size_t count = 0;
  double mean = 0, lower = 0, upper = 0;

  /// Half the width of the interval.
  [[nodiscard]] double half() const { return (upper - lower) / 2; }
};

/// Throws ArgumentError for no value.
MeanInterval mean_interval(std::span<const double> values);

}  // namespace tmm::analysis
