// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "io/report/evaluation/retention_report.hpp"
#include "io/report/evaluation/task_report.hpp"
#include "io/run/retention_encoder.hpp"
#include "io/run/run_folder.hpp"
#include "io/run/training_config.hpp"
#include "io/run/training_data.hpp"
#include "io/run/training_metrics.hpp"
#include "io/run/training_state.hpp"
#include "io/run/trajectory_file.hpp"
#include "model/training/trainer.hpp"

namespace tmm::io {

/// Sees a run go by.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void row(const MetricsRow& row) = 0;
  virtual void step(std::uint64_t done, std::uint64_t total) = 0;
};

/// When to pause a run before its last step. What comes after is not changed by it.
struct TrainingLimits {
  double minutes = 0;                            ///< of this process; 0: none
  std::uint64_t last_step = 0;                   ///< 0: none
  const std::atomic<bool>* interrupt = nullptr;  ///< set from outside (signals)
};

enum class TrainingEnd {
  finished,     ///< all steps are done
  paused,       ///< a limit was reached; state saved
  interrupted,  ///< *interrupt was set; state saved
  not_finite    ///< loss or gradient is NaN or infinite; the last good checkpoint is kept
};

/// The configuration as the folder of its run keeps it: paths of data are seen from there.
TrainingConfig kept_in(const std::string& folder, TrainingConfig config);

/// One training run in a folder: state.h5, model.h5, metrics.csv, trajectory.h5, config.toml, and, where it
/// has a task, result.json at its end. A checkpoint is
/// written before the first step, after the last one, every checkpoint_every steps, and where a run pauses;
/// state.h5 comes last, so that whatever else is there reaches at least as far as it does. Each file is
/// replaced whole or not at all (metrics.csv grows by whole rows), and a continued run first cuts off what
/// lies beyond the state: the run is the same, bit for bit, wherever it was interrupted, except for speed,
/// seconds and memory in metrics.csv.
class TrainingRun {
 public:
  /// A new run: `config` may leave the vocabulary open. Throws ArgumentError, FormatError, FileError
  /// before anything is written, and FileError if the folder cannot be.
  TrainingRun(TrainingConfig config, const std::string& folder, bool replace);

  /// Throws what the beginning of such a run would, but touches nothing.
  static void check(TrainingConfig config, const std::string& folder);

  /// What a folder says of its run. The caller reads the TOML (CLI11 does in apps/).
  struct Stored {
    std::unique_ptr<RunFolder> folder;
    TrainingState state;
  };
  static Stored open(const std::string& folder);
  /// Continues. `config` is the stored one but for threads and how often something is written down. Throws as
  /// above, and FormatError if the data are not those of the run.
  TrainingRun(Stored stored, TrainingConfig config);

  /// Trains until the end or a limit. Throws FileError if something cannot be written: then the last
  /// checkpoint is as it was.
  TrainingEnd run(const TrainingLimits& limits, TrainingObserver& observer);

  [[nodiscard]] const TrainingConfig& config() const { return config_; }
  [[nodiscard]] const model::Architecture& architecture() const { return trainer_->network().architecture; }
  [[nodiscard]] const TrainingData& data() const { return *data_; }
  [[nodiscard]] std::uint64_t steps() const { return trainer_->steps(); }
  [[nodiscard]] std::uint64_t saved_step() const { return saved_step_; }  ///< of the last checkpoint
  /// What the network makes of its task on the validation sequences, when the last step has been done.
  [[nodiscard]] const std::optional<TaskReport>& task() const { return task_; }
  /// The same of a retention run: what the decoder has got back.
  [[nodiscard]] const std::optional<RetentionReport>& retention() const { return retention_; }
  [[nodiscard]] const RunFolder& folder() const { return *folder_; }

 private:
  void begin(TrainingState state);
  void require_same_encoder(model::Tmm<float>& parameters) const;
  void open_records(bool existing);
  /// Whether indices and Toeplitz weights are recorded: wished for, and there are Toeplitz layers.
  [[nodiscard]] bool records_index() const;
  [[nodiscard]] bool due(std::uint64_t step) const;
  void record(TrainingObserver& observer, const model::StepResult* last);
  double validate();
  void finish();
  void save();

  TrainingConfig config_;
  std::unique_ptr<RunFolder> folder_;
  std::optional<RetentionEncoder> encoder_;
  std::unique_ptr<TrainingData> data_;
  std::unique_ptr<model::Trainer<float>> trainer_;
  std::optional<MetricsFile> metrics_;
  std::unique_ptr<TrajectoryFile> trajectory_;
  std::string config_text_;
  std::optional<TaskReport> task_;
  std::optional<RetentionReport> retention_;
  bool has_rows_ = false;  // of the run so far, in metrics_
  std::size_t threads_ = 1;
  std::uint64_t saved_step_ = 0;
  double loss_sum_ = 0, seconds_ = 0, step_operations_ = 0;
  std::uint64_t loss_count_ = 0;
  double row_seconds_ = 0;  // since the last row, of this process
  std::uint64_t row_tokens_ = 0;
};

}  // namespace tmm::io
