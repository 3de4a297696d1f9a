// SPDX-License-Identifier: MIT
#include "analysis/statistics/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tmm::analysis {

namespace {

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2;
}

}  // namespace

ModelSummary summarize(std::span<const OperatorReport> operators) {
  ModelSummary summary;
  summary.operators = operators.size();
  for (const OperatorReport& report : operators) {
    const auto zeros = static_cast<double>(report.winding.number);
    const double possible = static_cast<double>(report.layer.taps.size()) - 1;
    if (report.winding.status == IndexStatus::no_symbol)
      ++summary.dense;
    else if (report.winding.status == IndexStatus::not_fredholm)
      ++summary.not_fredholm;
    else if (report.winding.status == IndexStatus::undecided)
      ++summary.undecided;
    else if (report.winding.number == 0)
      ++summary.invertible;
    else if (zeros < ModelSummary::nearly_below * possible)
      ++summary.nearly;
    else
      ++summary.not_invertible;
  }
  return summary;
}

std::optional<Median> median(std::span<const OperatorReport> operators, std::string_view id) {
  // The median rises with every value: it lies between those of all values lowered and raised by their
  // errors.
  std::vector<double> values, low, high;
  for (const OperatorReport& report : operators) {
    const Measure* measure = report.find(id);
    if (measure == nullptr || (measure->status != Status::certified && measure->status != Status::numerical))
      continue;
    values.push_back(measure->value);
    low.push_back(measure->value - measure->error);
    high.push_back(measure->value + measure->error);
  }
  if (values.empty()) return std::nullopt;
  const double middle = median_of(values);
  if (std::isinf(middle)) return Median{middle, 0};
  const double rounding = 0x1p-52 * std::fabs(middle);
  return Median{middle, std::max(middle - median_of(low), median_of(high) - middle) + rounding};
}

bool has_undecided(const OperatorReport& report) {
  return report.winding.status == IndexStatus::undecided ||
         std::ranges::any_of(report.measures, [](const NamedMeasure& named) {
           return named.measure.status == Status::undecided;
         });
}

}  // namespace tmm::analysis
