// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "io/run/training_run.hpp"
#include "io/sweep/sweep.hpp"
#include "io/sweep/sweep_folder.hpp"

/// One run of a study, begun or gone on with: as words for a `tmm train` of its own, or in this process. Both
/// make the same files, whatever the number of threads.
namespace tmm::io {

/// What to call tmm with.
std::vector<std::string> train_words(const SweepRun& run, const RunProgress& progress,
                                     const std::string& folder);

/// Trains here. Throws as TrainingRun does.
TrainingEnd train_here(const SweepRun& run, const RunProgress& progress, const std::string& folder,
                       const TrainingLimits& limits, TrainingObserver& observer);

/// Throws what the beginning of a run that is still fresh would, naming the run: its data cannot be read, no
/// network of these sizes. Data that several runs share are read once.
void check_fresh_runs(const Sweep& sweep, const std::vector<RunProgress>& progress,
                      const std::string& folder);

}  // namespace tmm::io
