// SPDX-License-Identifier: MIT
#include "analysis/symbol/symbol_values.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

void require_finite(std::span<const double> numbers, const char* what) {
  for (std::size_t k = 0; k < numbers.size(); ++k)
    if (!std::isfinite(numbers[k]))
      throw ArgumentError(std::string(what) + " " + std::to_string(k) + " is not finite");
}

std::complex<double> symbol_value(std::span<const double> taps, double theta) {
  const long double c = std::cos(static_cast<long double>(theta)),
                    s = std::sin(static_cast<long double>(theta));
  long double re = 0, im = 0;
  for (auto w = taps.rbegin(); w != taps.rend(); ++w) {
    const long double turned = re * c - im * s + *w;
    im = re * s + im * c;
    re = turned;
  }
  return {static_cast<double>(re), static_cast<double>(im)};
}

}  // namespace

void symbol_values(std::span<const double> taps, std::span<const double> thetas,
                   std::span<std::complex<double>> values) {
  if (taps.empty()) throw ArgumentError("a symbol needs at least one weight");
  if (thetas.size() != values.size())
    throw ArgumentError("values of a symbol",
                        {"", "", std::to_string(thetas.size()), std::to_string(values.size()), ""});
  require_finite(taps, "weight");
  require_finite(thetas, "angle");
  std::ranges::transform(thetas, values.begin(), [&](double theta) { return symbol_value(taps, theta); });
}

}  // namespace tmm::analysis
