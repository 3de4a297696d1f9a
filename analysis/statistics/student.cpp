// SPDX-License-Identifier: MIT
#include "analysis/statistics/student.hpp"

#include <cmath>
#include <limits>

#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

/// The continued fraction of I_x(a, b) by the method of Lentz; converges fast for x < (a + 1)/(a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon();
  const auto away_from_zero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), fraction = d;
  for (int m = 1; m < 1000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double factor = 1;
    for (const double numerator : {even, odd}) {
      d = 1 / away_from_zero(1 + numerator * d);
      c = away_from_zero(1 + numerator / c);
      factor = c * d;
      fraction *= factor;
    }
    if (std::abs(factor - 1) < 1e-15) break;
  }
  return fraction;
}

/// I_x(a, b) where y = 1 − x is known without cancellation.
double incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log(y));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                   : 1 - front * beta_fraction(b, a, y) / b;
}

}  // namespace

double student_two_sided(double t, double degrees) {
  if (std::isinf(t)) return 0;
  const double square = t * t, sum = degrees + square;
  return incomplete_beta(degrees / 2, 0.5, degrees / sum, square / sum);
}

double student_quantile(double probability, double degrees) {
  double low = 0, high = 1;
  while (student_two_sided(high, degrees) > probability) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
    const double middle = (low + high) / 2;
    (student_two_sided(middle, degrees) > probability ? low : high) = middle;
  }
  return high;
}

MeanInterval mean_interval(std::span<const double> values) {
  constexpr double outside = 0.05;
  if (values.empty()) throw ArgumentError("a mean needs a value");
  const auto count = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double x : values) mean += x / count;
  for (const double x : values) squares += (x - mean) * (x - mean);
  double half = std::numeric_limits<double>::quiet_NaN();
  if (values.size() > 1)
    half = student_quantile(outside, count - 1) * std::sqrt(squares / (count - 1) / count);
  return {values.size(), mean, mean - half, mean + half};
}

}  // namespace tmm::analysis
