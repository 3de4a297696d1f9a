// SPDX-License-Identifier: MIT
#include "analysis/statistics/summary.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tmm::analysis {

ModelSummary summarize(std::span<const OperatorReport> operators) {
  ModelSummary summary;
  summary.operators = operators.size();
  for (const OperatorReport& report : operators) {
    const auto zeros = static_cast<double>(report.winding.number);
    const double possible = static_cast<double>(report.layer.taps.size()) - 1;
    if (report.winding.status == IndexStatus::not_fredholm)
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

std::optional<double> median(std::span<const OperatorReport> operators, std::string_view id) {
  std::vector<double> values;
  for (const OperatorReport& report : operators) {
    const Measure* measure = report.find(id);
    if (measure != nullptr && (measure->status == Status::certified || measure->status == Status::numerical))
      values.push_back(measure->value);
  }
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2;
}

bool has_undecided(const OperatorReport& report) {
  return report.winding.status == IndexStatus::undecided ||
         std::ranges::any_of(report.measures, [](const NamedMeasure& named) {
           return named.measure.status == Status::undecided;
         });
}

}  // namespace tmm::analysis
