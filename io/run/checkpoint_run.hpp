// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/analyze.hpp"
#include "analysis/statistics/trajectory.hpp"
#include "io/report/metrics_page.hpp"
#include "io/run/trainer_log.hpp"
#include "model/checkpoint/assumptions.hpp"

namespace tmm::io {

/// A training by whatever trainer, as its folder of checkpoints tells it.
struct CheckpointRun {
  std::string folder;
  std::vector<analysis::RecordedStep> steps;  ///< ascending; all with the same operators
  std::optional<TrainerLog> log;
  std::vector<std::string> remarks;  ///< what every output must say, one sentence each
};

/// Reads the Toeplitz layers of every checkpoint in a run's folder, one after the other, and the trainer's
/// log. A checkpoint without weights and a log that cannot be read are left out with a remark. Throws
/// FileError, FormatError as read_checkpoint does, for two checkpoints of one step, and for checkpoints of
/// different networks. `copy`: as read_header has it.
CheckpointRun read_checkpoint_run(const std::string& folder, const std::string& copy,
                                  const model::Assumptions& assumptions);

/// Its log and the measures of its operators as columns by step: step, what the log has, winding_LABEL (N, of
/// certified indices), and MEASURE_LABEL for the measures that compare shows. A number is cut at its error;
/// what is undecided, not defined or only bounded is NaN. Throws as analyze_all does.
MetricsTable run_metrics(const CheckpointRun& run, int threads, const analysis::Progress& progress);

/// How its indices have moved, with the log beside them (analysis::trace).
analysis::Trajectory run_trajectory(const CheckpointRun& run, int threads);

}  // namespace tmm::io
