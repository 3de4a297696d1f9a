// SPDX-License-Identifier: MIT
#include "io/run/training_run.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/files/atomic_file.hpp"
#include "io/files/peak_memory.hpp"
#include "io/run/data_path.hpp"
#include "io/run/retention_totals.hpp"
#include "io/run/run_result.hpp"
#include "io/run/task_totals.hpp"
#include "model/base/error.hpp"
#include "model/pass/evaluator.hpp"
#include "model/pass/loss_totals.hpp"
#include "model/training/operation_count.hpp"
#include "model/training/retention.hpp"

namespace tmm::io {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

bool multiple(std::uint64_t step, std::uint64_t every) {
  return every != 0 && step % every == 0;
}

/// The files of a run must not be its data: they would be replaced before they are read again.
void require_other_data(const TrainingConfig& config, const std::string& folder) {
  auto data = config.text;
  for (const std::string& path : {config.tokens, config.encoder})
    if (!path.empty()) data.push_back(path);
  std::error_code error;
  for (const std::string& file : RunFolder::files(folder))
    for (const std::string& path : data)
      if (std::filesystem::equivalent(path, file, error))
        throw ArgumentError("the run would replace its own data", {path, "", "", "", "Name another folder"});
}

/// A trajectory must be one that can be read again.
void check_records(const TrainingConfig& config, const model::Architecture& architecture) {
  if (config.index_every == 0 || architecture.operators == 0) return;
  const std::uint64_t weights = architecture.operators / architecture.kernel_rows;
  const std::uint64_t records = config.steps / config.index_every + 2;
  if (records * weights <= TrajectoryFile::most_tensors) return;
  throw ArgumentError("too many records of the Toeplitz weights",
                      {"", "--index-every",
                       std::to_string(config.steps * weights / TrajectoryFile::most_tensors + 1) + " or more",
                       std::to_string(config.index_every), ""});
}

/// The data of a configuration, and the sizes that follow from it, or from the encoder.
std::unique_ptr<TrainingData> complete(TrainingConfig& config, std::optional<RetentionEncoder>& encoder) {
  complete_training_config(config);
  check_training_config(config);
  if (is_retention(config)) encoder.emplace(config);
  auto tokens = read_training_tokens(config);
  return std::make_unique<TrainingData>(std::move(tokens), config, architecture_of(config, encoder));
}

}  // namespace

TrainingConfig kept_in(const std::string& folder, TrainingConfig config) {
  for (std::string& path : config.text) path = path_from(folder, path);
  config.tokens = path_from(folder, config.tokens);
  config.encoder = path_from(folder, config.encoder);
  return config;
}

void TrainingRun::check(TrainingConfig config, const std::string& folder) {
  std::optional<RetentionEncoder> encoder;
  complete(config, encoder);
  check_records(config, architecture_of(config, encoder));
  require_other_data(config, folder);
}

TrainingRun::TrainingRun(TrainingConfig config, const std::string& folder, bool replace)
    : config_(std::move(config)), data_(complete(config_, encoder_)) {
  config_text_ = training_config_toml(kept_in(folder, config_));
  const auto architecture = architecture_of(config_, encoder_);
  check_records(config_, architecture);
  require_other_data(config_, folder);
  // Everything that can be wrong with the wish has been found: only now is anything touched.
  folder_ = std::make_unique<RunFolder>(folder, replace ? RunFolder::Use::replace : RunFolder::Use::fresh);
  TrainingState state{
      model::new_trainer_state<float>(architecture, *model::parse_parametrisation(config_.toeplitz),
                                      *model::parse_initialisation(config_.init), config_.seed),
      {config_text_, data_->fingerprint(), 0, 0, 0}};
  if (encoder_) model::place_encoder(encoder_->network(), state.trainer.parameters);
  begin(std::move(state));
  write_atomically(folder_->config(), config_text_);
  open_records(false);
}

TrainingRun::Stored TrainingRun::open(const std::string& folder) {
  auto held = std::make_unique<RunFolder>(folder, RunFolder::Use::resume);
  auto state = read_training_state(held->state());
  return {std::move(held), std::move(state)};
}

TrainingRun::TrainingRun(Stored stored, TrainingConfig config)
    : config_(std::move(config)), folder_(std::move(stored.folder)), data_(complete(config_, encoder_)) {
  if (data_->fingerprint() != stored.state.progress.fingerprint)
    throw FormatError(
        "the data is not what this run has been trained on",
        {folder_->path(), "", "", "", "Its file has changed since, or another stands in its place"});
  config_text_ = stored.state.progress.config;
  if (encoder_) require_same_encoder(stored.state.trainer.parameters);
  begin(std::move(stored.state));
  open_records(true);
}

/// The state holds the encoder that the run has begun with; what stands in its file must still be it.
void TrainingRun::require_same_encoder(model::Tmm<float>& parameters) const {
  const auto architecture = encoder_->architecture();
  const bool alike = parameters.architecture.parameters == architecture.parameters &&
                     parameters.architecture.family == architecture.family &&
                     parameters.architecture.form.mean_normalised == architecture.form.mean_normalised &&
                     parameters.encoder_blocks == architecture.parts.front().blocks;
  auto expected = model::zero_network<float>(architecture);
  model::place_encoder(encoder_->network(), expected);
  if (!alike || !model::same_encoder(expected, parameters))
    throw FormatError(
        "the encoder is not the one that this run began with",
        {config_.encoder, "--encoder", "", "", "Its file has changed since, or another stands in its place"});
  parameters.architecture = architecture;  // no tensor says which position is the code
}

void TrainingRun::begin(TrainingState state) {
  const auto options = trainer_options(config_, data_->length());
  threads_ = options.threads;
  loss_sum_ = state.progress.loss_sum;
  loss_count_ = state.progress.loss_count;
  seconds_ = state.progress.seconds;
  trainer_ = std::make_unique<model::Trainer<float>>(std::move(state.trainer), options);
  step_operations_ = model::training_step_operations(trainer_->network().architecture, options.sequences,
                                                     options.length, options.frozen_encoder);
  saved_step_ = steps();
}

void TrainingRun::open_records(bool existing) {
  const auto labels = analysis::operator_labels(trainer_->network());
  trajectory_ = std::make_unique<TrajectoryFile>(folder_->trajectory());
  has_rows_ = existing && std::filesystem::exists(folder_->metrics());
  metrics_.emplace(has_rows_ ? MetricsFile::resume(folder_->metrics(), labels, steps())
                             : MetricsFile::create(folder_->metrics(), labels));
  if (existing && std::filesystem::exists(folder_->trajectory())) trajectory_->read(steps());
}

bool TrainingRun::records_index() const {
  return config_.index_every != 0 && trainer_->network().architecture.operators != 0;
}

bool TrainingRun::due(std::uint64_t step) const {
  return step == 0 || step == config_.steps || multiple(step, config_.report_every) ||
         (records_index() && multiple(step, config_.index_every)) || multiple(step, config_.eval_every);
}

double TrainingRun::validate() {
  const SequenceSet& set = data_->validation();
  model::Evaluator<float> evaluator(trainer_->network(), set.length, threads_);
  model::LossTotals totals;
  std::optional<TaskTotals> task;
  std::optional<RetentionTotals> retention;
  if (is_retention(config_) && steps() == config_.steps) retention.emplace(config_, set.length);
  if (const auto sizes = task_sizes(config_); sizes && steps() == config_.steps)
    task.emplace(*sizes, draws_task(config_) ? std::optional(config_.seed) : std::nullopt, set.length);
  std::vector<model::TokenLoss> losses;
  for (std::size_t first = 0; first < set.count(); first += config_.batch) {
    const auto batch =
        make_batch(set, first, std::min(config_.batch, set.count() - first), data_->objective());
    losses.resize(batch.ids.size());
    evaluator.run(batch, losses);
    totals.add(losses, set.length);
    if (task) task->add(set, first, batch, losses);
    if (retention) retention->add(batch, losses);
  }
  if (task) task_ = task->report();
  if (retention) retention_ = retention->report();
  return totals.summary().loss;
}

/// The row of the step just made, or of step 0.
void TrainingRun::record(TrainingObserver& observer, const model::StepResult* last) {
  MetricsRow row;
  row.step = steps();
  const bool end = row.step == config_.steps;
  if (last != nullptr) {
    row.train_loss = loss_sum_ / static_cast<double>(loss_count_);
    row.learning_rate = last->learning_rate;
    row.gradient_norm = last->gradient_norm;
    if (row_seconds_ > 0) row.tokens_per_second = static_cast<double>(row_tokens_) / row_seconds_;
  }
  const bool first = row.step == 0;
  if (config_.eval_every != 0 && data_->validation().count() != 0 &&
      (first || end || multiple(row.step, config_.eval_every)))
    row.validation_loss = validate();
  if (records_index() && (first || end || multiple(row.step, config_.index_every))) {
    row.windings = analysis::network_windings(trainer_->network(), threads_);
    trajectory_->record(row.step, trainer_->network());
  }
  row.seconds = seconds_;
  row.flops = static_cast<double>(row.step) * step_operations_;
  row.peak_bytes = peak_memory();
  metrics_->append(row);
  observer.row(row);
  loss_sum_ = row_seconds_ = 0;
  loss_count_ = row_tokens_ = 0;
}

void TrainingRun::save() {
  metrics_->flush();
  if (records_index()) trajectory_->write();
  write_model(folder_->model(), trainer_->network(), std::string(model::name(data_->objective())), steps(),
              config_text_);
  write_training_state(folder_->state(), trainer_->state(),
                       {config_text_, data_->fingerprint(), loss_sum_, loss_count_, seconds_});
  saved_step_ = steps();
}

/// After the last step. The result stands before the state that says that the run has ended.
void TrainingRun::finish() {
  if ((encoder_ || !config_.task.empty()) && data_->validation().count() != 0) {
    if (!task_ && !retention_) validate();
    write_atomically(folder_->result(), run_result_json(steps(), task_, retention_));
  }
  if (saved_step_ != steps()) save();
}

TrainingEnd TrainingRun::run(const TrainingLimits& limits, TrainingObserver& observer) {
  const auto start = Clock::now();
  if (steps() == 0 && !has_rows_) {  // a state of step 0 has its row already
    record(observer, nullptr);
    save();
  }
  while (steps() < config_.steps) {
    const bool interrupted = limits.interrupt != nullptr && limits.interrupt->load();
    if (interrupted || (limits.minutes > 0 && seconds_since(start) >= 60 * limits.minutes) ||
        (limits.last_step != 0 && steps() >= limits.last_step)) {
      if (saved_step_ != steps()) save();
      return interrupted ? TrainingEnd::interrupted : TrainingEnd::paused;
    }
    const auto begin = Clock::now();
    const auto batch = data_->batch(steps() + 1);
    const auto result = trainer_->step(batch);
    if (!result.finite) return TrainingEnd::not_finite;
    const double taken = seconds_since(begin);
    seconds_ += taken;
    row_seconds_ += taken;
    row_tokens_ += batch.ids.size();
    loss_sum_ += result.loss;
    ++loss_count_;
    if (due(steps())) record(observer, &result);
    if (multiple(steps(), config_.checkpoint_every) && steps() != config_.steps) save();
    observer.step(steps(), config_.steps);
  }
  finish();
  return TrainingEnd::finished;
}

}  // namespace tmm::io
