// SPDX-License-Identifier: MIT
#include "analysis/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/hankel_eigen.hpp"
#include "model/error.hpp"

namespace tmm::analysis {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

// The weights without leading zeros, times 2^−shift so that the largest is in [½, 1). What underflows here is
// below 1e-307 of the largest and does not reach the LAPACK values.
struct ScaledTaps {
  std::vector<double> taps;
  std::size_t leading_zeros = 0;
  int shift = 0;

  // a = w_m z^m, the zero operator included: every singular value is |w_m| or 0.
  [[nodiscard]] bool is_delay() const {
    return taps.empty() || std::all_of(taps.begin() + 1, taps.end(), [](double w) { return w == 0; });
  }
};

ScaledTaps scale(std::span<const double> taps) {
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
    scaled.taps.push_back(std::ldexp(w, -scaled.shift));
  return scaled;
}

// |eigenvalues| of J·T in descending order, as values of the scaled operator.
std::vector<double> lapack_values(std::span<const double> taps) {
  auto values = HankelEigen(taps).values();
  for (double& v : values) v = std::fabs(v);
  std::ranges::sort(values, std::greater<>());
  return values;
}

IdentityCheck check(std::string identity, double expected, double found, double tolerance) {
  using Outcome = IdentityCheck::Outcome;
  const bool held = std::fabs(found - expected) <= tolerance;
  return {std::move(identity), expected, found, tolerance, held ? Outcome::held : Outcome::failed};
}

// Relative to the largest weight, so that nothing overflows. The error of σ_i enters as 2 σ_i δ_i, and what
// is only bounded as the square of its bound.
IdentityCheck check_frobenius(const std::vector<SingularValue>& values, const ScaledTaps& scaled) {
  double expected = 0, found = 0, tolerance = 0;
  for (std::size_t k = 0; k < scaled.taps.size(); ++k)
    expected += static_cast<double>(scaled.taps.size() - k) * scaled.taps[k] * scaled.taps[k];
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
  tolerance += static_cast<double>(values.size()) * epsilon * expected;
  return check("sum of sigma^2 = sum of (n-k) w_k^2, weights scaled to 1", expected, found, tolerance);
}

IdentityCheck check_determinant(const std::vector<SingularValue>& values, const ScaledTaps& scaled) {
  IdentityCheck result{"sum of ln sigma = n ln|w_0|", 0, 0, 0, IdentityCheck::Outcome::not_applicable};
  std::size_t count = 0;
  double sum = 0, tolerance = 0, magnitude = 0;
  for (const SingularValue& v : values) {
    if (v.status != Status::numerical && v.status != Status::certified) return result;
    if (v.value.mantissa == 0) continue;
    const double term = v.value.log10() * std::log(10.0);
    ++count, sum += term, tolerance += v.relative_error, magnitude += std::fabs(term);
  }
  if (count == 0) return result;
  const double expected =
      static_cast<double>(count) * (std::log(std::fabs(scaled.taps[0])) + scaled.shift * std::log(2.0));
  tolerance += static_cast<double>(count) * epsilon * (magnitude + std::fabs(expected));
  return check(result.identity, expected, sum, tolerance);
}

void append_delay(const ScaledTaps& scaled, Spectrum& spectrum) {
  spectrum.method = "exact: one weight";
  for (std::size_t i = 0; i < scaled.taps.size(); ++i)
    spectrum.values.push_back({ScaledReal::from_binary(std::fabs(scaled.taps[0]), scaled.shift),
                               Status::certified, 0, SpectrumMethod::single_tap});
}

void append_lapack(const ScaledTaps& scaled, Spectrum& spectrum) {
  const auto sigma = lapack_values(scaled.taps);
  const double floor = floor_factor(sigma.size()) * sigma.front();
  spectrum.floor = ScaledReal::from_binary(floor, scaled.shift);
  spectrum.method = "LAPACK, symmetric form J*T";
  const double error = floor / 3;
  for (const double s : sigma) {
    if (s > floor - error) {
      spectrum.values.push_back(
          {ScaledReal::from_binary(s, scaled.shift), Status::numerical, error / (s - error)});
      continue;
    }
    spectrum.values.push_back(
        {spectrum.floor, Status::below_precision, std::numeric_limits<double>::infinity()});
    ++spectrum.unresolved;
  }
}

}  // namespace

std::string_view name(SpectrumMethod method) {
  switch (method) {
    case SpectrumMethod::leading_zeros:
      return "exact: leading zero weight";
    case SpectrumMethod::single_tap:
      return "exact: single weight";
    case SpectrumMethod::lapack:
      return "LAPACK, J*T";
  }
  return "?";
}

double floor_factor(std::size_t n) {
  return static_cast<double>(std::max<std::size_t>(n, 16)) * epsilon;
}

Spectrum singular_spectrum(std::span<const double> taps) {
  const ScaledTaps scaled = scale(taps);
  Spectrum spectrum;
  if (scaled.is_delay())
    append_delay(scaled, spectrum);
  else
    append_lapack(scaled, spectrum);
  spectrum.values.resize(taps.size(), {{}, Status::certified, 0, SpectrumMethod::leading_zeros});
  spectrum.exact_zeros = scaled.leading_zeros;
  spectrum.sigma_max = spectrum.values.front().value;
  spectrum.frobenius = check_frobenius(spectrum.values, scaled);
  spectrum.determinant = check_determinant(spectrum.values, scaled);
  return spectrum;
}

}  // namespace tmm::analysis
