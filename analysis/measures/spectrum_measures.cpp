// SPDX-License-Identifier: MIT
#include "analysis/measures/spectrum_measures.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "analysis/base/storage_precision.hpp"
#include "analysis/spectrum/spectrum_checks.hpp"

namespace tmm::analysis {
namespace {

constexpr double rounding = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// a/b as a double; 0 or ∞ beyond its range.
double ratio(const ScaledReal& a, const ScaledReal& b) {
  return ScaledReal{a.mantissa / b.mantissa, a.exponent - b.exponent}.to_double();
}

/// σ/σ_max with σ_max = the first value; what is only bounded lies between 0 and `high`.
struct Relative {
  double low, value, high;
};

Relative relative(const Spectrum& spectrum, const SingularValue& sigma) {
  const double value = ratio(sigma.value, spectrum.sigma_max);
  if (sigma.status == Status::below_precision) return {0, 0, value};
  const double slack = sigma.relative_error + spectrum.values.front().relative_error + 4 * rounding;
  return {value * (1 - slack), value, value * (1 + slack)};
}

/// A singular value and its log10.
void append_sigma(OperatorReport& report, const std::string& id, const SingularValue& sigma) {
  const std::string method(name(sigma.method));
  append_scaled(report, id, sigma.value, sigma.status, sigma.relative_error, method);
  report.measures.push_back(
      {"log10_" + id, log10_measure(sigma.value, sigma.status, sigma.relative_error, method)});
}

/// `singular`: why a spectrum of an exact 0 has one.
void append_condition(OperatorReport& report, const Spectrum& spectrum, const std::string& prefix,
                      const std::string& singular) {
  const SingularValue &largest = spectrum.values.front(), &smallest = spectrum.values.back();
  Measure condition{0, Status::numerical, 0, "sigma_max/sigma_min"};
  Measure logarithm = condition;
  if (largest.value.mantissa == 0) {
    condition = logarithm = Measure::not_defined("zero operator");
  } else if (smallest.value.mantissa == 0) {
    condition = logarithm = {infinity, Status::certified, 0, singular};
  } else {
    const double error = largest.relative_error + smallest.relative_error;
    condition.value = ratio(largest.value, smallest.value);
    logarithm.value = largest.value.log10() - smallest.value.log10();
    // Each logarithm carries the rounding of its own size, however small their difference is.
    const double subtracted =
        rounding * (std::fabs(largest.value.log10()) + std::fabs(smallest.value.log10()) + 1);
    if (smallest.status == Status::below_precision) {
      condition.status = logarithm.status = Status::below_precision;
      condition.bound = logarithm.bound = Measure::Bound::lower;
      condition.value *= 1 - largest.relative_error - 4 * rounding;
      logarithm.value -= largest.relative_error + 16 * rounding * std::fabs(logarithm.value) + subtracted;
    } else {
      const double spread = error / (1 - smallest.relative_error);
      condition.error = condition.value * (spread + 4 * rounding);
      logarithm.error = spread / std::log(10.0) + 16 * rounding * std::fabs(logarithm.value) + subtracted;
    }
    if (std::isinf(condition.value))
      condition = Measure::not_defined("outside the range of double; see log10_" + prefix + "condition");
  }
  report.measures.push_back({prefix + "condition", std::move(condition)});
  report.measures.push_back({"log10_" + prefix + "condition", std::move(logarithm)});
}

void append_effective_index(OperatorReport& report, const std::string& suffix, const EffectiveIndex& count,
                            std::string method) {
  const auto possibly = static_cast<double>(count.possibly), certainly = static_cast<double>(count.certainly);
  const Measure index{certainly, Status::numerical, possibly - certainly, std::move(method)};
  Measure rank = index;
  rank.value = static_cast<double>(model::order(report.layer)) - certainly;
  rank.method = "n minus the effective index";
  report.measures.push_back({"effective_index_" + suffix, index});
  report.measures.push_back({"numerical_rank_" + suffix, std::move(rank)});
}

void append_relative_index(OperatorReport& report, const std::string& suffix, double tau) {
  append_effective_index(report, suffix, effective_index(*report.spectrum, tau),
                         fmt::format("count of sigma <= {:g} sigma_max", tau));
}

void append_absolute_index(OperatorReport& report, double tau) {
  append_effective_index(report, fmt::format("absolute_{:g}", tau),
                         absolute_effective_index(*report.spectrum, tau),
                         fmt::format("count of sigma <= {:g}, absolute", tau));
}

/// What the error of derived taps adds to ‖T‖_F²/σ_1², relative to it: ‖E‖_F ≤ √n ‖e‖₁, ‖T‖_F ≥ σ_1.
double frobenius_tap_error(const OperatorReport& report) {
  if (report.layer.tap_error_l1 == 0) return 0;
  const double share = ratio(ScaledReal::from_double(report.layer.tap_error_l1), report.spectrum->sigma_max);
  return 2.1 * std::sqrt(static_cast<double>(model::order(report.layer))) * share;
}

}  // namespace

/// Summed from the weights, scaled so that nothing overflows.
Measure stable_rank(const OperatorReport& report) {
  const Spectrum& spectrum = *report.spectrum;
  if (spectrum.sigma_max.mantissa == 0) return Measure::not_defined("zero operator");
  const auto& taps = report.layer.taps;
  double sum = 0;
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const double share = ratio(ScaledReal::from_double(taps[k]), spectrum.sigma_max);
    sum += static_cast<double>(taps.size() - k) * share * share;
  }
  for (const double w : report.layer.matrix) {
    const double share = w == 0 ? 0 : ratio(ScaledReal::from_double(w), spectrum.sigma_max);
    sum += share * share;
  }
  const double terms = static_cast<double>(taps.size() + report.layer.matrix.size());
  const double error =
      2 * spectrum.values.front().relative_error + terms * rounding + frobenius_tap_error(report);
  return {sum, Status::numerical, sum * error,
          taps.empty() ? "sum of W_ts^2 / sigma_max^2" : "sum of (n-k) w_k^2 / sigma_max^2"};
}

/// exp(H), H = −Σ p_i ln p_i, p_i = σ_i/Σσ. ∂H/∂σ_i = −(ln p_i + H)/Σσ carries the errors of the values; the
/// m unresolved ones add at most −m p ln p for the largest p they may have.
Measure effective_rank(const Spectrum& spectrum) {
  if (spectrum.sigma_max.mantissa == 0) return Measure::not_defined("zero operator");
  double total = 0;
  for (const SingularValue& sigma : spectrum.values) total += relative(spectrum, sigma).value;
  double entropy = 0, error = 0;
  for (const SingularValue& sigma : spectrum.values)
    if (const double p = relative(spectrum, sigma).value / total; p > 0) entropy -= p * std::log(p);
  for (const SingularValue& sigma : spectrum.values) {
    const Relative r = relative(spectrum, sigma);
    const double p = (sigma.status == Status::below_precision ? r.high : r.value) / total;
    if (p > 0) error += (r.high - r.value) / total * (std::fabs(std::log(p)) + entropy + 1);
  }
  error += static_cast<double>(spectrum.values.size()) * rounding * (entropy + 1);
  const double rank = std::exp(entropy);
  return {rank, Status::numerical, rank * std::expm1(error), "exp of the entropy of sigma_i / sum sigma"};
}

namespace {

Measure log_abs_det_per_row(double first_tap, double tap_error) {
  const double value = std::log(std::fabs(first_tap));
  if (tap_error > 0 && !(std::fabs(first_tap) > tap_error))
    return Measure::undecided("w_0 is not known apart from 0");
  if (tap_error > 0)
    return {value, Status::numerical,
            rounding * std::fabs(value) - std::log1p(-tap_error / std::fabs(first_tap)) * (1 + rounding),
            "ln|w_0|"};
  if (first_tap == 0) return {value, Status::certified, 0, "singular: w_0 = 0"};
  return {value, Status::numerical, rounding * std::fabs(value), "ln|w_0|"};
}

}  // namespace

void append_identity_warning(OperatorReport& report, const IdentityCheck& check) {
  if (check.outcome != IdentityCheck::Outcome::failed) return;
  report.warnings.push_back(
      fmt::format("the singular values fail a check, do not trust them: {} (expected {:.15g}, "
                  "found {:.15g}, tolerance {:.2g})",
                  check.identity, check.expected, check.found, check.tolerance));
}

namespace {

/// What values that fail an identity give rise to is no more known than they are. (What follows from the
/// weights alone, "singular", is certified and stays.)
void distrust(OperatorReport& report, std::size_t first) {
  if (!fails_its_checks(*report.spectrum)) return;
  for (std::size_t i = first; i < report.measures.size(); ++i) {
    Measure& measure = report.measures[i].measure;
    if (measure.status == Status::numerical || measure.status == Status::below_precision)
      measure.status = Status::undecided;
  }
}

/// σ_1 ≤ ‖T(a)‖ = max|a|: two computations that share nothing.
void append_norm_warning(OperatorReport& report) {
  const Measure *sigma = report.find("sigma_max"), *norm = report.find("symbol_max");
  if (sigma == nullptr || norm == nullptr || !std::isfinite(sigma->value)) return;
  if (sigma->value - sigma->error > norm->value + norm->error)
    report.warnings.push_back(fmt::format(
        "the singular values fail a check, do not trust them: sigma_max {:.15g} above max|a| {:.15g}",
        sigma->value, norm->value + norm->error));
}

}  // namespace

void append_scaled(OperatorReport& report, const std::string& id, const ScaledReal& value, Status status,
                   double relative_error, const std::string& method) {
  const double plain = value.to_double();
  if (value.fits_double()) {
    const bool bound = status == Status::below_precision;
    report.measures.push_back({id, {plain, status, bound ? 0 : relative_error * std::fabs(plain), method}});
    return;
  }
  report.measures.push_back({id, Measure::not_defined("outside the range of double; see log10_" + id)});
  append_mantissa_and_exponent(report, id, value, status, relative_error, method);
}

void append_mantissa_and_exponent(OperatorReport& report, const std::string& id, const ScaledReal& value,
                                  Status status, double relative_error, const std::string& method) {
  const bool bound = status == Status::below_precision;
  report.measures.push_back(
      {id + "_mantissa",
       {value.mantissa, status, bound ? 0 : relative_error * std::fabs(value.mantissa), method}});
  report.measures.push_back({id + "_exponent10", {static_cast<double>(value.exponent), status, 0, method}});
}

Measure log10_measure(const ScaledReal& value, Status status, double relative_error,
                      const std::string& method) {
  const double log = value.log10();
  const double own_rounding = 4 * rounding * std::fabs(log);
  // An upper bound stays one.
  if (status == Status::below_precision) return {log + own_rounding + rounding, status, 0, method};
  const double error = std::isfinite(log) ? -std::log1p(-relative_error) / std::log(10.0) + own_rounding : 0;
  return {log, status, error, method};
}

EffectiveIndex effective_index(const Spectrum& spectrum, double tau) {
  EffectiveIndex count;
  for (const SingularValue& sigma : spectrum.values) {
    // The zero operator has σ = σ_max = 0: every value is at or below any threshold.
    const Relative r = spectrum.sigma_max.mantissa == 0 ? Relative{0, 0, 0} : relative(spectrum, sigma);
    count.certainly += r.high <= tau ? 1 : 0;
    count.possibly += r.low <= tau ? 1 : 0;
  }
  return count;
}

EffectiveIndex absolute_effective_index(const Spectrum& spectrum, double tau) {
  EffectiveIndex count;
  for (const SingularValue& sigma : spectrum.values) {
    const double value = sigma.value.to_double();  // 0 and ∞ beyond the range of double compare rightly
    const bool bound = sigma.status == Status::below_precision;
    const double slack = bound ? 4 * rounding : sigma.relative_error + 4 * rounding;
    count.certainly += value * (1 + slack) <= tau ? 1 : 0;
    count.possibly += bound || value * (1 - slack) <= tau ? 1 : 0;
  }
  return count;
}

void append_extent(OperatorReport& report, const Spectrum& spectrum, const std::string& prefix,
                   const std::string& singular) {
  append_sigma(report, prefix + "sigma_max", spectrum.values.front());
  append_sigma(report, prefix + "sigma_min", spectrum.values.back());
  append_condition(report, spectrum, prefix, singular);
}

void append_sigma_of_rounded_taps(OperatorReport& report, const SingularValue& smallest) {
  report.measures.push_back(
      {"log10_sigma_min_rounded_taps", log10_measure(smallest.value, smallest.status, smallest.relative_error,
                                                     std::string(name(smallest.method)) +
                                                         "; of the rounded taps, not of the numbers meant")});
}

void append_effective_indices(OperatorReport& report, std::span<const double> thresholds,
                              std::span<const double> absolute) {
  for (const StoragePrecision& type : storage_precisions)
    append_relative_index(report, std::string(type.name), type.unit_roundoff);
  for (const double tau : thresholds) append_relative_index(report, fmt::format("{:g}", tau), tau);
  for (const double tau : absolute) append_absolute_index(report, tau);
}

void append_spectrum_measures(OperatorReport& report, std::span<const double> thresholds,
                              std::span<const double> absolute) {
  const Spectrum& spectrum = *report.spectrum;
  const std::size_t first = report.measures.size();
  append_extent(report, spectrum, "", "singular: w_0 = 0");
  append_effective_indices(report, thresholds, absolute);
  report.measures.push_back({"stable_rank", stable_rank(report)});
  report.measures.push_back({"effective_rank", effective_rank(spectrum)});
  distrust(report, first);
  report.measures.push_back(
      {"log_abs_det_per_row", log_abs_det_per_row(report.layer.taps.front(), report.layer.tap_error_l1)});
  append_identity_warning(report, spectrum.frobenius);
  append_identity_warning(report, spectrum.determinant);
  append_norm_warning(report);
}

}  // namespace tmm::analysis
