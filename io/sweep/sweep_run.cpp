// SPDX-License-Identifier: MIT
#include "io/sweep/sweep_run.hpp"

#include <optional>
#include <set>
#include <utility>

#include "model/base/error.hpp"

namespace tmm::io {
namespace {

/// What the beginning of a run depends on, as text.
std::string checked_part(TrainingConfig config) {
  const TrainingConfig usual;
  config.seed = usual.seed;
  config.learning_rate = usual.learning_rate;
  config.weight_decay = usual.weight_decay;
  config.clip = usual.clip;
  config.decay = usual.decay;
  config.init = usual.init;
  return training_config_toml(config);
}

}  // namespace

std::vector<std::string> train_words(const SweepRun& run, const RunProgress& progress,
                                     const std::string& folder) {
  if (progress.state == RunProgress::State::begun) return {"train", "--quiet", "--resume=" + folder};
  std::vector<std::string> words{"train", "--quiet", "--force", "--output=" + folder};
  words.insert(words.end(), run.options.begin(), run.options.end());
  return words;
}

TrainingEnd train_here(const SweepRun& run, const RunProgress& progress, const std::string& folder,
                       const TrainingLimits& limits, TrainingObserver& observer) {
  std::optional<TrainingRun> training;
  if (progress.state == RunProgress::State::begun)
    training.emplace(TrainingRun::open(folder), run.config);
  else
    training.emplace(run.config, folder, true);
  return training->run(limits, observer);
}

void check_fresh_runs(const Sweep& sweep, const std::vector<RunProgress>& progress,
                      const std::string& folder) {
  std::set<std::string> checked;
  for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
    const SweepRun& run = sweep.runs[i];
    if (progress[i].state != RunProgress::State::fresh || !checked.insert(checked_part(run.config)).second)
      continue;
    try {
      TrainingRun::check(run.config, folder + "/" + run.name);
    } catch (const Error& error) {
      throw FormatError(error.what(), {sweep.source, "run " + run.name, "", "", ""});
    }
  }
}

}  // namespace tmm::io
