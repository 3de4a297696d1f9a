// SPDX-License-Identifier: MIT
#include "analysis/spectrum/spectrum_checks.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace tmm::analysis {
namespace {

using Outcome = IdentityCheck::Outcome;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

IdentityCheck compare(std::string identity, double expected, double found, double tolerance) {
  const bool held = std::fabs(found - expected) <= tolerance;
  return {std::move(identity), expected, found, tolerance, held ? Outcome::held : Outcome::failed};
}

}  // namespace

bool fails_its_checks(const Spectrum& spectrum) {
  return spectrum.frobenius.outcome == Outcome::failed || spectrum.determinant.outcome == Outcome::failed;
}

IdentityCheck check_frobenius(std::span<const SingularValue> values, const ScaledTaps& scaled) {
  double expected = 0, found = 0, tolerance = 0;
  for (std::size_t k = 0; k < scaled.taps.size(); ++k) {
    const auto w = static_cast<double>(scaled.taps[k]);
    expected += static_cast<double>(scaled.taps.size() - k) * w * w;
  }
  const ScaledReal unit = ScaledReal::from_binary(1, scaled.shift);
  for (const SingularValue& v : values) {
    const double sigma =
        ScaledReal{v.value.mantissa / unit.mantissa, v.value.exponent - unit.exponent}.to_double();
    if (v.status == Status::below_precision) {
      tolerance += sigma * sigma;
      continue;
    }
    found += sigma * sigma;
    tolerance += 2 * sigma * sigma * v.relative_error;
  }
  tolerance += 2 * static_cast<double>(values.size()) * epsilon * expected;
  return compare("sum of sigma^2 = sum of (n-k) w_k^2, weights scaled to 1", expected, found, tolerance);
}

IdentityCheck check_determinant(std::span<const SingularValue> values, const ScaledTaps& scaled) {
  const std::string identity = "sum of ln sigma = n ln|w_0|";
  long double sum = 0;
  double tolerance = 0, magnitude = 0;
  std::size_t count = 0;
  for (const SingularValue& v : values) {
    if (v.status != Status::numerical && v.status != Status::certified) return {identity};
    if (v.value.mantissa == 0) continue;
    const long double term = std::log(std::fabs(static_cast<long double>(v.value.mantissa))) +
                             static_cast<long double>(v.value.exponent) * std::log(10.0L);
    ++count, sum += term, tolerance += v.relative_error, magnitude += static_cast<double>(std::fabs(term));
  }
  if (count == 0) return {identity};
  const auto expected =
      static_cast<double>(static_cast<long double>(count) *
                          (std::log(std::fabs(scaled.taps[0])) + scaled.shift * std::log(2.0L)));
  // A mantissa of 53 bits and the summation in long double.
  tolerance += static_cast<double>(count) * epsilon + epsilon * (magnitude + std::fabs(expected));
  return compare(identity, expected, static_cast<double>(sum), tolerance);
}

}  // namespace tmm::analysis
