// SPDX-License-Identifier: MIT
#include "analysis/spectrum/spectrum.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "analysis/base/scaled_taps.hpp"
#include "analysis/spectrum/hankel_eigen.hpp"
#include "analysis/spectrum/spectrum_checks.hpp"
#include "analysis/spectrum/spectrum_proof.hpp"
#include "analysis/spectrum/vanishing_values.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using Outcome = IdentityCheck::Outcome;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

// LAPACK values with a larger relative error than this are replaced: ten digits are promised for every value.
constexpr double ten_digits = 5e-11;
constexpr std::size_t largest_order = std::size_t{1} << 15;

// What LAPACK gives, as values of the scaled operator.
struct LapackPart {
  HankelEigen eigen;
  std::vector<double> ascending;  // eigenvalues of J·T
  std::vector<double> sigma;      // their moduli, descending
  double error;                   // of each of them, absolute

  explicit LapackPart(std::span<const double> taps)
      : eigen(taps), ascending(eigen.values(error_factor(taps.size()) / 2)), sigma(ascending) {
    for (double& s : sigma) s = std::fabs(s);
    std::ranges::sort(sigma, std::greater<>());
    error = error_factor(taps.size()) * sigma.front();
  }
};

// How many of the largest values to take from LAPACK: those with ten digits. Near that limit the list is cut
// at its widest gap, where the invariant subspace of the others is best determined.
std::size_t resolved_by_lapack(const LapackPart& lapack) {
  const auto& sigma = lapack.sigma;
  const double limit = lapack.error / ten_digits;
  if (sigma.back() >= limit) return sigma.size();
  std::size_t count = 1;
  double widest = 0;
  for (std::size_t i = 1; i < sigma.size() && sigma[i - 1] >= limit; ++i)
    if (const double gap = sigma[i - 1] - sigma[i]; sigma[i] < 2 * limit && gap > widest)
      widest = gap, count = i;
  return count;
}

void append_delay(const ScaledTaps& scaled, Spectrum& spectrum) {
  spectrum.method = "exact: one weight";
  for (std::size_t i = 0; i < scaled.taps.size(); ++i) {
    const auto value = ScaledReal::from_binary(std::fabs(static_cast<double>(scaled.taps[0])), scaled.shift);
    spectrum.values.push_back(
        {value, Status::certified, conversion_error(value), SpectrumMethod::single_tap});
  }
}

void append_lapack(const LapackPart& lapack, std::size_t count, int shift, Spectrum& spectrum) {
  for (const double s : std::span(lapack.sigma).first(count)) {
    if (s > 2 * lapack.error) {
      const auto value = ScaledReal::from_binary(s, shift);
      spectrum.values.push_back({value, Status::numerical,
                                 lapack.error / (s - lapack.error) + conversion_error(value),
                                 SpectrumMethod::lapack});
    } else {
      spectrum.values.push_back({spectrum.floor, Status::below_precision,
                                 std::numeric_limits<double>::infinity(), SpectrumMethod::lapack});
    }
  }
}

void append_vanishing(const VanishingValues& vanishing, SpectrumMethod method, int shift,
                      Spectrum& spectrum) {
  for (std::size_t i = 0; i < vanishing.exponents.size(); ++i) {
    const long double exponent = vanishing.exponents[i], whole = std::floor(exponent);
    const auto value = ScaledReal::from_binary(static_cast<double>(std::exp2(exponent - whole)),
                                               static_cast<std::int64_t>(whole) + shift);
    spectrum.values.push_back(
        {value, Status::numerical, vanishing.relative_errors[i] + conversion_error(value), method});
  }
}

// The spectrum with its small end from the inverse, if a method finds one that passes the determinant check.
bool append_resolved(const ScaledTaps& scaled, const LapackPart& lapack, Spectrum& spectrum) {
  const std::size_t n = scaled.taps.size(), count = resolved_by_lapack(lapack);
  spectrum.method = "LAPACK, symmetric form J*T";
  if (count == n) return append_lapack(lapack, n, scaled.shift, spectrum), true;
  const double cut = (lapack.sigma[count - 1] + lapack.sigma[count]) / 2;
  const auto first = std::ranges::upper_bound(lapack.ascending, -cut) - lapack.ascending.begin();
  const auto basis = lapack.eigen.vectors(lapack.ascending, static_cast<std::size_t>(first), n - count);
  for (const auto method : {SpectrumMethod::residues, SpectrumMethod::balls}) {
    const auto vanishing = method == SpectrumMethod::residues ? vanishing_by_residues(scaled.taps, basis, cut)
                                                              : vanishing_by_balls(scaled.taps, basis, cut);
    if (!vanishing) continue;
    append_lapack(lapack, count, scaled.shift, spectrum);
    append_vanishing(*vanishing, method, scaled.shift, spectrum);
    const auto size = [](const SingularValue& v) { return v.value.log10(); };
    if (!std::ranges::is_sorted(spectrum.values, std::greater<>(), size))
      std::ranges::stable_sort(spectrum.values, std::greater<>(), size);
    if (check_determinant(spectrum.values, scaled).outcome == Outcome::held) {
      spectrum.method =
          fmt::format("LAPACK, symmetric form J*T; the {} smallest: {}", n - count, name(method));
      return true;
    }
    spectrum.values.clear();
  }
  return false;
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
    case SpectrumMethod::residues:
      return "inverse by residues of 1/a";
    case SpectrumMethod::balls:
      return "inverse in ball arithmetic";
    case SpectrumMethod::dense:
      return "LAPACK, dense";
  }
  return "?";
}

std::string_view name(IdentityCheck::Outcome outcome) {
  switch (outcome) {
    case IdentityCheck::Outcome::held:
      return "held";
    case IdentityCheck::Outcome::failed:
      return "failed";
    case IdentityCheck::Outcome::not_applicable:
      return "not applicable";
  }
  return "?";
}

double floor_factor(std::size_t n) {
  return static_cast<double>(std::max<std::size_t>(n, 32)) * epsilon;
}

double error_factor(std::size_t n) {
  return std::min(floor_factor(n) / 2, 4 * std::sqrt(static_cast<double>(n)) * epsilon);
}

Spectrum singular_spectrum(std::span<const double> taps, const SpectrumOptions& options) {
  const ScaledTaps scaled = ScaledTaps::from(taps);
  Spectrum spectrum;
  if (scaled.is_delay()) {
    append_delay(scaled, spectrum);
  } else {
    if (scaled.taps.size() > largest_order)
      throw ArgumentError(
          "a full spectrum needs the dense operator",
          {"", "", "at most 32768 taps", std::to_string(taps.size()), "Ask for extreme values only"});
    const LapackPart lapack(scaled.as_double());
    spectrum.floor =
        ScaledReal::from_binary(floor_factor(scaled.taps.size()) * lapack.sigma.front(), scaled.shift);
    if (!options.vanishing || !append_resolved(scaled, lapack, spectrum)) {
      append_lapack(lapack, scaled.taps.size(), scaled.shift, spectrum);
      if (options.vanishing) spectrum.method += "; the smallest could not be resolved";
    }
    if (options.certify) {
      prove_spectrum({scaled, lapack.eigen, lapack.ascending}, spectrum);
      spectrum.method += "; enclosures by the residual of the reduction";
    }
  }
  spectrum.values.resize(taps.size(), {{}, Status::certified, 0, SpectrumMethod::leading_zeros});
  spectrum.exact_zeros = scaled.leading_zeros;
  spectrum.unresolved = static_cast<std::size_t>(
      std::ranges::count(spectrum.values, Status::below_precision, &SingularValue::status));
  spectrum.frobenius = check_frobenius(spectrum.values, scaled);
  spectrum.determinant = check_determinant(spectrum.values, scaled);
  if (fails_its_checks(spectrum))
    for (SingularValue& v : spectrum.values)
      if (v.status == Status::numerical) v.status = Status::undecided;
  spectrum.sigma_max = spectrum.values.front().value;
  return spectrum;
}

}  // namespace tmm::analysis
