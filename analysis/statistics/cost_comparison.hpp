// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/statistics/student.hpp"

namespace tmm::analysis {

/// A training run where its loss was measured. Costs are those of the run so far; NaN: not known.
struct CostPoint {
  std::uint64_t step = 0;
  double loss = 0;        ///< on validation data
  double flops = 0;       ///< floating-point operations of training steps
  double seconds = 0;     ///< wall time of training steps
  double peak_bytes = 0;  ///< most memory of its process
};

struct CostRun {
  std::string name;
  double parameters = 0;
  std::vector<CostPoint> points;  ///< ascending
};

/// Runs that differ in their seed alone.
struct CostGroup {
  std::string name;
  std::vector<CostRun> runs;
};

/// What a group has come to, over its runs that have points. Empty: not known of all of them.
struct GroupCosts {
  std::size_t runs = 0;
  double least_parameters = 0, most_parameters = 0;
  std::optional<MeanInterval> loss, flops, seconds, peak_bytes;  ///< at the end
  std::optional<MeanInterval> loss_at_flops, loss_at_seconds;    ///< at the budgets below
};

struct CostComparison {
  std::vector<GroupCosts> groups;  ///< as given
  /// The largest that every run of every group reaches, so that all have a loss there; empty if it is not
  /// known of a run, or if no group has runs.
  std::optional<double> flops_budget, seconds_budget;
  /// Groups of about equal parameters: the most over the least of any set is at most 1 + tolerance. Sets of
  /// two or more groups, by size; every group is in one at most.
  double tolerance = 0;
  std::vector<std::vector<std::size_t>> equal_parameters;
};

/// The loss of a run when it had cost `budget`: linear between the two points around it; empty outside them,
/// or where costs are not known.
std::optional<double> loss_at(const CostRun& run, double CostPoint::*cost, double budget);

CostComparison compare_costs(std::span<const CostGroup> groups, double tolerance = 0.1);

}  // namespace tmm::analysis
