// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/statistics/cost_comparison.hpp"

namespace tmm::io {

/// Groups of runs whose losses may be compared: they were trained on the same.
struct CostPart {
  std::string name;  ///< what they were trained on, in the words of a study; may be empty
  std::vector<analysis::CostGroup> groups;
};

/// Loss against what it has cost.
struct CostReport {
  std::vector<CostPart> parts;
  std::vector<std::string> remarks;  ///< runs that are left out, and why
};

/// A run, the group that it belongs to, and in words what it was trained on.
struct GroupedRun {
  std::string group, trained_on;
  analysis::CostRun run;
};

/// A part for everything that runs were trained on, with a group for every name of one, in the order of first
/// appearance. Remarks say which runs have no losses or no costs recorded.
CostReport cost_report(std::vector<GroupedRun> runs);

/// Whether there is anything to say: a run with a loss and a cost.
bool has_costs(const CostReport& report);

/// For people: a table for every part, of at most `width` columns; remarks alone where no cost was recorded.
std::string cost_table(const CostReport& report, std::size_t width);

/// {"parts": [{"name", "flops_budget", "seconds_budget", "parameter_tolerance", "equal_parameters",
/// "groups": [{"name", statistics, "runs": [{"name", "parameters", "points": [[step, loss, flops, seconds,
/// peak_bytes], …]}]}]}], "remarks"}. What is not known is null.
std::string cost_json(const CostReport& report, int depth);

}  // namespace tmm::io
