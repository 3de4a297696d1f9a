// SPDX-License-Identifier: MIT
#include "analysis/statistics/cost_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace tmm::analysis {
namespace {

/// Mean over the runs of a group that have points, of what `of` finds; empty unless it finds all.
template <class Of>
std::optional<MeanInterval> mean_over(const CostGroup& group, const Of& of) {
  std::vector<double> values;
  for (const CostRun& run : group.runs) {
    if (run.points.empty()) continue;
    const std::optional<double> value = of(run);
    if (!value || !std::isfinite(*value)) return std::nullopt;
    values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  return mean_interval(values);
}

std::optional<double> budget(std::span<const CostGroup> groups, double CostPoint::*cost) {
  double least = std::numeric_limits<double>::infinity();
  for (const CostGroup& group : groups)
    for (const CostRun& run : group.runs) {
      if (run.points.empty()) continue;
      if (!std::isfinite(run.points.back().*cost)) return std::nullopt;
      least = std::min(least, run.points.back().*cost);
    }
  return std::isfinite(least) ? std::optional(least) : std::nullopt;
}

GroupCosts costs_of(const CostGroup& group, const CostComparison& comparison) {
  GroupCosts costs;
  costs.least_parameters = std::numeric_limits<double>::infinity();
  for (const CostRun& run : group.runs) {
    if (run.points.empty()) continue;
    ++costs.runs;
    costs.least_parameters = std::min(costs.least_parameters, run.parameters);
    costs.most_parameters = std::max(costs.most_parameters, run.parameters);
  }
  const auto at_end = [&](double CostPoint::*what) {
    return mean_over(group, [what](const CostRun& run) { return std::optional(run.points.back().*what); });
  };
  costs.loss = at_end(&CostPoint::loss);
  costs.flops = at_end(&CostPoint::flops);
  costs.seconds = at_end(&CostPoint::seconds);
  costs.peak_bytes = at_end(&CostPoint::peak_bytes);
  const auto at = [&](double CostPoint::*cost, const std::optional<double>& most) {
    if (!most) return std::optional<MeanInterval>();
    return mean_over(group, [&](const CostRun& run) { return loss_at(run, cost, *most); });
  };
  costs.loss_at_flops = at(&CostPoint::flops, comparison.flops_budget);
  costs.loss_at_seconds = at(&CostPoint::seconds, comparison.seconds_budget);
  return costs;
}

/// From the smallest on, each set as large as the tolerance allows.
std::vector<std::vector<std::size_t>> sets_of_equal_size(const std::vector<GroupCosts>& groups,
                                                         double tolerance) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (groups[i].runs > 0 && groups[i].least_parameters > 0) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return groups[i].least_parameters; });
  std::vector<std::vector<std::size_t>> sets;
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    const double most = (1 + tolerance) * groups[order[first]].least_parameters;
    std::vector<std::size_t> set;
    for (end = first; end < order.size() && groups[order[end]].most_parameters <= most; ++end)
      set.push_back(order[end]);
    if (end == first) ++end;
    if (set.size() > 1) sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace

std::optional<double> loss_at(const CostRun& run, double CostPoint::*cost, double budget) {
  const std::vector<CostPoint>& points = run.points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].*cost == budget) return points[i].loss;
    if (i == 0) continue;
    const double before = points[i - 1].*cost, after = points[i].*cost;
    if (!(before < budget && budget < after)) continue;
    const double share = (budget - before) / (after - before);
    return points[i - 1].loss + share * (points[i].loss - points[i - 1].loss);
  }
  return std::nullopt;
}

CostComparison compare_costs(std::span<const CostGroup> groups, double tolerance) {
  CostComparison comparison;
  comparison.flops_budget = budget(groups, &CostPoint::flops);
  comparison.seconds_budget = budget(groups, &CostPoint::seconds);
  for (const CostGroup& group : groups) comparison.groups.push_back(costs_of(group, comparison));
  comparison.tolerance = tolerance;
  comparison.equal_parameters = sets_of_equal_size(comparison.groups, tolerance);
  return comparison;
}

}  // namespace tmm::analysis
