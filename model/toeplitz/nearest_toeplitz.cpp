// SPDX-License-Identifier: MIT
#include "model/toeplitz/nearest_toeplitz.hpp"

#include <cmath>
#include <string>

#include "model/base/error.hpp"

namespace tmm::model {
namespace {

constexpr long double unit = 0x1p-64L;  // of long double

void require_lower_triangle(std::span<const double> matrix, std::size_t n) {
  if (n == 0 || matrix.size() != n * n)
    throw ArgumentError("a dense causal matrix is not square",
                        {"", "", "n x n numbers, n >= 1", std::to_string(matrix.size()), ""});
  for (std::size_t t = 0; t < n; ++t)
    for (std::size_t s = 0; s < n; ++s) {
      const double w = matrix[t * n + s];
      if (std::isfinite(w) && (s <= t || w == 0)) continue;
      throw ArgumentError(
          s > t ? "a causal matrix is not 0 above its diagonal" : "a weight is not finite",
          {"", "", "", std::to_string(w), "entry " + std::to_string(t) + ", " + std::to_string(s)});
    }
}

double upward(long double x) {
  const auto rounded = static_cast<double>(x);
  return rounded < x ? std::nextafter(rounded, HUGE_VAL) : rounded;
}

}  // namespace

NearestToeplitz nearest_toeplitz(std::span<const double> matrix, std::size_t n) {
  require_lower_triangle(matrix, n);
  NearestToeplitz nearest;
  long double tap_error = 0, squares = 0, norm = 0, mean_error_squares = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t count = n - k;
    long double sum = 0, size = 0;
    bool constant = true;
    for (std::size_t s = 0; s < count; ++s) {
      const double w = matrix[(s + k) * n + s];
      sum += w, size += std::fabs(w), norm += static_cast<long double>(w) * w;
      constant = constant && w == matrix[k * n];
    }
    // A constant diagonal is its own mean. Otherwise each of the additions and the division rounds once.
    const auto m = static_cast<long double>(count);
    const long double mean = constant ? static_cast<long double>(matrix[k * n]) : sum / m;
    const long double error = constant ? 0 : (m + 2) * unit * size / m;
    nearest.taps.push_back(static_cast<double>(mean));
    tap_error += std::fabs(static_cast<long double>(nearest.taps.back()) - mean) + error;
    mean_error_squares += m * error * error;
    for (std::size_t s = 0; s < count; ++s) {
      const long double off = matrix[(s + k) * n + s] - mean;
      squares += off * off;
    }
  }
  nearest.tap_error_l1 = upward(tap_error * (1 + 0x1p-40L));
  const long double distance = std::sqrt(squares),
                    terms = static_cast<long double>(n) * static_cast<long double>(n);
  nearest.distance = static_cast<double>(distance);
  // The means are wrong by `error` each, the differences by a rounding of the entries, the sum by one a term.
  nearest.distance_error =
      upward(distance == 0 ? std::sqrt(mean_error_squares)
                           : std::sqrt(mean_error_squares) + (terms + 2) * unit * distance +
                                 2 * unit * std::sqrt(norm) + 0x1p-53L * distance);
  nearest.norm = static_cast<double>(std::sqrt(norm));
  return nearest;
}

}  // namespace tmm::model
