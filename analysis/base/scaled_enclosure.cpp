// SPDX-License-Identifier: MIT
#include "analysis/base/scaled_enclosure.hpp"

#include <cmath>
#include <limits>

namespace tmm::analysis {
namespace {

/// Long double holds x·2^exponent of every double x and every exponent of a double.
long double exact(double x, int exponent) {
  return std::ldexp(static_cast<long double>(x), exponent);
}

}  // namespace

double scale_down(double x, int exponent) {
  const double scaled = std::ldexp(x, exponent);
  if (std::isinf(scaled) && std::isfinite(x)) return std::numeric_limits<double>::max();
  return static_cast<long double>(scaled) > exact(x, exponent) ? std::nextafter(scaled, 0.0) : scaled;
}

double scale_up(double x, int exponent) {
  const double scaled = std::ldexp(x, exponent);
  return static_cast<long double>(scaled) < exact(x, exponent) ? std::nextafter(scaled, HUGE_VAL) : scaled;
}

}  // namespace tmm::analysis
