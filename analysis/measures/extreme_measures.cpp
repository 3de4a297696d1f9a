// SPDX-License-Identifier: MIT
#include "analysis/measures/extreme_measures.hpp"

#include <cmath>
#include <limits>

#include "analysis/measures/spectrum_measures.hpp"

namespace tmm::analysis {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double rounding = std::numeric_limits<double>::epsilon();

Measure logarithm(const ExtremeValue& value) {
  return log10_measure(value.value, value.status, value.relative_error, value.method);
}

Measure log10_sigma_min(const ExtremeSpectrum& extremes) {
  if (!extremes.smallest.empty()) return logarithm(extremes.smallest.front());
  if (!extremes.bracket_known) return Measure::undecided("the weights of the inverse could not be computed");
  const double low = extremes.sigma_min_lower.log10(), high = extremes.sigma_min_upper.log10();
  return {(low + high) / 2, Status::numerical, (high - low) / 2 + 4 * rounding * (std::fabs(low) + 1),
          "bracket by the weights of the inverse"};
}

Measure log10_condition(const ExtremeSpectrum& extremes, const Measure& largest, const Measure& smallest) {
  if (extremes.largest.front().value.mantissa == 0) return Measure::not_defined("zero operator");
  if (extremes.exact_zeros > 0) return {infinity, Status::certified, 0, "singular: w_0 = 0"};
  if (smallest.status == Status::undecided) return smallest;
  const double value = largest.value - smallest.value;
  if (largest.status == Status::below_precision) return Measure::undecided("sigma_max is only bounded");
  if (smallest.status == Status::below_precision)
    return {value - largest.error - 4 * rounding * (std::fabs(value) + 1), Status::below_precision, 0,
            "sigma_max/sigma_min", Measure::Bound::lower};
  return {value, Status::numerical, largest.error + smallest.error + rounding * std::fabs(value),
          "sigma_max/sigma_min"};
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
  append_scaled(report, "sigma_max", top.value, top.status, top.relative_error, top.method);
  const Measure largest = logarithm(top);
  report.measures.push_back({"log10_sigma_max", largest});
  report.measures.push_back({"log10_sigma_min", smallest});
  if (!extremes.smallest.empty()) {
    const ExtremeValue& least = extremes.smallest.front();
    append_mantissa_and_exponent(report, "sigma_min", least.value, least.status, least.relative_error,
                                 least.method);
  }
  report.measures.push_back({"log10_condition", log10_condition(extremes, largest, smallest)});
}

}  // namespace tmm::analysis
