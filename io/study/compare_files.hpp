// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/report/comparison_report.hpp"
#include "io/study/analyze_files.hpp"

namespace tmm::io {

/// The measures that a comparison tests unless told otherwise: none is a copy of another one.
const std::vector<std::string>& default_compared_measures();

/// Two groups of models, and how to compare them.
struct ComparisonRequest {
  /// Checkpoints, saved analyses (JSON, HDF5), trajectories, folders. A folder made by `tmm train` stands for
  /// its model and its trajectory; one with checkpoints by step for the last of them and the way there.
  std::vector<std::string> a, b;
  std::string name_a = "A", name_b = "B";
  std::vector<std::string> measures;  ///< to test and show; empty: default_compared_measures()
  std::size_t resamples = 2000;       ///< of the bootstrap
  std::uint64_t seed = 1;             ///< of the bootstrap
  AnalysisRequest analysis;           ///< of the checkpoints; without a null model
};

/// What `tmm compare` does. Throws ArgumentError for a group without a model, saved analyses of other
/// operators (T, I + T), explicit taps with a trajectory, a measure that is no number in both groups; else as
/// analyze_files does.
ComparisonReport compare_files(const ComparisonRequest& request);

/// The same of analyses that are there already. Throws as above.
ComparisonReport compare_reports(AnalysisReport a, AnalysisReport b, const ComparisonRequest& request);

}  // namespace tmm::io
