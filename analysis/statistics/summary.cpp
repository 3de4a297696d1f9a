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

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::invertible:
      return "invertible";
    case Verdict::nearly:
      return "nearly invertible";
    case Verdict::not_invertible:
      return "not invertible";
    case Verdict::not_fredholm:
      return "not Fredholm";
    case Verdict::undecided:
      return "undecided";
    case Verdict::dense:
      return "dense";
  }
  return "?";
}

Verdict verdict(const OperatorReport& report) {
  const Winding& w = report.winding;
  if (w.status == IndexStatus::no_symbol) return Verdict::dense;
  if (w.status == IndexStatus::not_fredholm) return Verdict::not_fredholm;
  if (w.status == IndexStatus::undecided) return Verdict::undecided;
  if (w.number == 0) return Verdict::invertible;
  const double possible = static_cast<double>(report.layer.taps.size()) - 1;
  return static_cast<double>(w.number) < ModelSummary::nearly_below * possible ? Verdict::nearly
                                                                               : Verdict::not_invertible;
}

ModelSummary summarize(std::span<const OperatorReport> operators) {
  const auto count = [&](Verdict wanted) {
    return static_cast<std::size_t>(std::ranges::count(operators, wanted, verdict));
  };
  return {operators.size(),
          count(Verdict::invertible),
          count(Verdict::nearly),
          count(Verdict::not_invertible),
          count(Verdict::not_fredholm),
          count(Verdict::undecided),
          count(Verdict::dense)};
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
