// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/derived_taps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tmm::model {
namespace {

constexpr double double_unit = std::numeric_limits<double>::epsilon();  // 2⁻⁵²
constexpr double smallest = std::numeric_limits<double>::denorm_min();
constexpr double threshold = 20;

/// A sum of at most 2^20 positive errors, rounded upwards whatever the order of addition.
double upwards(double sum) {
  return sum * (1 + 0x1p-30);
}

}  // namespace

double softplus(double r) {
  if (r > threshold) return r;
  return std::max(r, 0.0) + std::log1p(std::exp(-std::fabs(r)));
}

void derive_softplus_taps(LayerOperator& layer) {
  double error = 0;
  for (double& tap : layer.taps) {
    // exp and log1p are within a unit in the last place (glibc), the condition of log1p is below 1, and the
    // sum of two terms that are not negative rounds once: below 3 units in all.
    const bool exact = tap > threshold;
    tap = softplus(tap);
    if (!exact) error += 4 * double_unit * tap + smallest;
  }
  layer.derivation = "softplus";
  layer.tap_error_l1 = upwards(error);
}

void derive_average_taps(LayerOperator& layer, double logit, std::size_t n) {
  const long double unit = std::numeric_limits<long double>::epsilon();
  const long double alpha = 1 / (1 + std::exp(-static_cast<long double>(logit)));
  long double tap = 1 / (1 + std::exp(static_cast<long double>(logit)));  // 1 − α without cancellation
  layer.taps.resize(n);
  double error = 0;
  for (std::size_t k = 0; k < n; ++k) {
    layer.taps[k] = static_cast<double>(tap);
    // α and 1 − α are within 2 units of long double each, every product adds one half: 3 a step and 2 at the
    // start, and the rounding to double.
    const auto steps = static_cast<double>(4 * k + 4);
    error += layer.taps[k] * (double_unit + steps * static_cast<double>(unit)) + smallest;
    tap *= alpha;
  }
  layer.derivation = "exponential average";
  layer.tap_error_l1 = upwards(error);
}

std::vector<double> running_sums(const std::vector<double>& taps) {
  std::vector<double> sums(taps.size());
  std::partial_sum(taps.begin(), taps.end(), sums.begin());
  return sums;
}

}  // namespace tmm::model
