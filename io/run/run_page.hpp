// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics/trajectory.hpp"
#include "io/report/metrics_page.hpp"
#include "model/checkpoint/assumptions.hpp"

namespace tmm::io {

/// Fills in what a page shows of the operators along a run. Throws as analysis::trace does.
void add_curves(MetricsTable& metrics, std::vector<analysis::RecordedStep> steps, int threads);

/// The metrics of a folder of `tmm train` with the operators of its trajectory: what the page of the run
/// shows. Throws as read_metrics_table does; a trajectory that cannot be read is left out with a remark.
MetricsTable metrics_with_curves(const std::string& folder, const model::Assumptions& assumptions = {},
                                 int threads = 0);

}  // namespace tmm::io
