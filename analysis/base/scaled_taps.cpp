// SPDX-License-Identifier: MIT
#include "analysis/base/scaled_taps.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/error.hpp"

namespace tmm::analysis {

ScaledTaps ScaledTaps::from(std::span<const double> taps) {
  if (taps.empty()) throw ArgumentError("a Toeplitz operator needs at least one tap");
  ScaledTaps scaled;
  double largest = 0;
  for (const double w : taps) {
    if (!std::isfinite(w))
      throw ArgumentError("a Toeplitz operator with a tap that is not finite has no spectrum");
    largest = std::max(largest, std::fabs(w));
  }
  (void)std::frexp(largest, &scaled.shift);
  const auto first = std::ranges::find_if(taps, [](double w) { return w != 0; });
  scaled.leading_zeros = static_cast<std::size_t>(first - taps.begin());
  for (const double w : taps.subspan(scaled.leading_zeros))
    scaled.taps.push_back(std::ldexp(static_cast<long double>(w), -scaled.shift));
  return scaled;
}

std::vector<double> ScaledTaps::as_double() const {
  std::vector<double> rounded(taps.size());
  std::ranges::transform(taps, rounded.begin(), [](long double w) { return static_cast<double>(w); });
  return rounded;
}

bool ScaledTaps::is_delay() const {
  return taps.empty() || std::all_of(taps.begin() + 1, taps.end(), [](long double w) { return w == 0; });
}

}  // namespace tmm::analysis
