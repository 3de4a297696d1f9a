// SPDX-License-Identifier: MIT
#include "analysis/measures/extreme_measures.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "analysis/measures/spectrum_measures.hpp"

namespace tmm::analysis {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// log10 of a value with a relative error.
Measure logarithm(const ExtremeValue& value) {
  const double log = value.value.log10();
  const double error =
      std::isfinite(log) ? std::log1p(value.relative_error) / std::log(10.0) + 4e-16 * std::fabs(log) : 0;
  const bool exact = value.relative_error == 0;
  return {log, exact ? Status::certified : Status::numerical, error, value.method};
}

Measure log10_sigma_min(const ExtremeSpectrum& extremes) {
  if (!extremes.smallest.empty()) return logarithm(extremes.smallest.front());
  if (!extremes.bracket_known) return Measure::undecided("the weights of the inverse could not be computed");
  const double low = extremes.sigma_min_lower.log10(), high = extremes.sigma_min_upper.log10();
  return {(low + high) / 2, Status::numerical, (high - low) / 2, "bracket by the weights of the inverse"};
}

}  // namespace

void append_extreme_measures(OperatorReport& report) {
  const ExtremeSpectrum& extremes = *report.extremes;
  for (const std::string& note : extremes.notes) report.warnings.push_back(note);
  const Measure smallest = log10_sigma_min(extremes);
  if (extremes.largest.empty()) {
    for (const char* id : {"sigma_max", "log10_sigma_max", "log10_condition"})
      report.measures.push_back({id, Measure::undecided("no singular value converged")});
    report.measures.push_back({"log10_sigma_min", smallest});
    return;
  }
  const ExtremeValue& top = extremes.largest.front();
  const double value = top.value.to_double();
  const bool held = top.value.mantissa == 0 || std::isnormal(value);
  const Status status = top.relative_error == 0 ? Status::certified : Status::numerical;
  report.measures.push_back(
      {"sigma_max", held ? Measure{value, status, top.relative_error * value, top.method}
                         : Measure::not_defined("outside the range of double; see log10_sigma_max")});
  const Measure largest = logarithm(top);
  report.measures.push_back({"log10_sigma_max", largest});
  report.measures.push_back({"log10_sigma_min", smallest});
  if (!extremes.smallest.empty()) {
    const ExtremeValue& least = extremes.smallest.front();
    const Status known = least.relative_error == 0 ? Status::certified : Status::numerical;
    append_mantissa_and_exponent(report, "sigma_min", least.value, known, least.relative_error, least.method);
  }
  Measure condition;
  if (top.value.mantissa == 0)
    condition = Measure::not_defined("zero operator");
  else if (extremes.exact_zeros > 0)
    condition = {infinity, Status::certified, 0, "singular: w_0 = 0"};
  else if (smallest.status == Status::undecided)
    condition = smallest;
  else
    condition = {largest.value - smallest.value, Status::numerical, largest.error + smallest.error,
                 "sigma_max/sigma_min"};
  report.measures.push_back({"log10_condition", std::move(condition)});
}

}  // namespace tmm::analysis
