// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "analysis/statistics/cost_comparison.hpp"

namespace tmm::io {

/// What the folder of a finished run says of itself, besides its network.
struct RecordedRun {
  /// Losses on validation data, and costs, as metrics.csv has them; parameters as model.h5 does. No points:
  /// no such losses were recorded. Costs that were not recorded are NaN.
  analysis::CostRun costs;
  /// In words, from config.toml: objective or task, data, vocabulary. Losses of runs with the same words may
  /// be compared.
  std::string trained_on;
  /// What its model can do, by name: "copy accuracy", "induction accuracy", …: the task that it was trained
  /// on (result.json), and what lies in its folder evaluations/, which goes first: files *.json that `tmm
  /// evaluate --task … --format json` has printed, and for "bits recovered" the result.json of a run of `tmm
  /// train --objective retention --encoder` of this run; and how invertible it is over its input, as `tmm
  /// jacobian -o` has it ("z effective rank", …).
  std::map<std::string, double> outcomes;
};

/// Throws FileError, FormatError as read_metrics_table and read_header do, and for a result that is no JSON.
RecordedRun read_recorded_run(const std::string& folder);

}  // namespace tmm::io
