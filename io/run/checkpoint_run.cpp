// SPDX-License-Identifier: MIT
#include "io/run/checkpoint_run.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "io/checkpoint/checkpoint_folder.hpp"
#include "io/checkpoint/side_file.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/format_measure.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_steps = 10'000;

void add_remark(std::vector<std::string>& remarks, const std::string& text) {
  if (std::ranges::find(remarks, text) == remarks.end()) remarks.push_back(text);
}

/// The operators of one checkpoint, and what is to be said of it.
analysis::RecordedStep read_step(const std::string& path, std::uint64_t step, const std::string& copy,
                                 const model::Assumptions& given, std::vector<std::string>& remarks_) {
  const auto source = open_checkpoint(path, copy);
  const auto state = read_checkpoint(*source, Selection::toeplitz, given.contradictions);
  const auto assumptions = with_answers_beside(given, source->header());
  model::Architecture architecture = recognize_header(source->header(), assumptions);
  model::hear_values(state, assumptions.contradictions, architecture);
  for (const std::string& text : remarks(source->header())) add_remark(remarks_, text);
  for (const std::string& text : model::remarks(architecture)) add_remark(remarks_, text);
  return {step, model::toeplitz_layers(state, assumptions)};
}

void require_same_operators(const analysis::RecordedStep& first, const analysis::RecordedStep& other,
                            const std::string& path) {
  const bool same = std::ranges::equal(first.layers, other.layers, [](const auto& a, const auto& b) {
    return a.name == b.name && a.taps.size() == b.taps.size();
  });
  if (!same)
    throw FormatError(
        "not of the same network as the checkpoints before it",
        {path, "",
         std::to_string(first.layers.size()) + " operators as at step " + std::to_string(first.step),
         std::to_string(other.layers.size()) + " operators, or of other names or lengths", ""});
}

/// The measures of run_metrics besides the winding number.
constexpr const char* shown_measures[] = {
    "index_margin_relative",   "index_radius", "jensen_defect", "sigma_max", "log10_sigma_min",
    "effective_index_float32", "stable_rank"};

/// The value as far as it is known: digits beyond its error are rounded away.
double known_value(const analysis::Measure* measure, std::string_view id) {
  if (measure == nullptr ||
      (measure->status != analysis::Status::certified && measure->status != analysis::Status::numerical))
    return nan;
  const bool bound = id.starts_with("index_margin") || id == "index_radius";  // proven from below
  const std::string text = format_number(
      measure->value, measure->error, {.digits = 17, .rounding = bound ? Rounding::down : Rounding::nearest});
  double value = nan;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : nan;
}

/// Columns by name over the steps of all.
class Columns {
 public:
  explicit Columns(std::set<std::uint64_t> steps) : steps_(steps.begin(), steps.end()) {}

  void set(const std::string& column, std::uint64_t step, double value) {
    const auto [place, inserted] = index_.try_emplace(column, columns_.size());
    if (inserted) columns_.emplace_back(column, std::vector<double>(steps_.size(), nan));
    const auto row = std::ranges::lower_bound(steps_, step) - steps_.begin();
    columns_[place->second].second[static_cast<std::size_t>(row)] = value;
  }

  MetricsTable table(const std::string& file) && {
    MetricsTable table{file, {{"step", {steps_.begin(), steps_.end()}}}, {}};
    std::ranges::move(columns_, std::back_inserter(table.columns));
    return table;
  }

 private:
  std::vector<std::uint64_t> steps_;
  std::map<std::string, std::size_t> index_;
  std::vector<std::pair<std::string, std::vector<double>>> columns_;
};

}  // namespace

CheckpointRun read_checkpoint_run(const std::string& path, const std::string& copy,
                                  const model::Assumptions& assumptions) {
  const CheckpointFolder folder = list_checkpoint_folder(path);
  CheckpointRun run{path, {}, {}, {}};
  if (folder.steps.empty())
    throw FileError("no training run in this folder",
                    {path, "", "checkpoints by step (checkpoint-500) or metrics.csv of tmm train", "", ""});
  if (folder.steps.size() > most_steps)
    throw FileError("too many checkpoints in this run",
                    {path, "", "at most 10000", std::to_string(folder.steps.size()), ""});
  std::string empty;
  for (const StepCheckpoint& step : folder.steps) {
    if (step.weights.empty()) {
      empty += (empty.empty() ? "" : ", ") + model::printable(step.entry);
      continue;
    }
    if (!run.steps.empty() && run.steps.back().step == step.step)
      throw FileError("two checkpoints of one step", {path, "", "", step.entry, ""});
    const std::string weights = weights_of(folder, step);
    run.steps.push_back(read_step(weights, step.step, copy, assumptions, run.remarks));
    require_same_operators(run.steps.front(), run.steps.back(), weights);
  }
  if (run.steps.empty()) throw FileError("no checkpoint of this run has weights", {path, "", "", empty, ""});
  if (!empty.empty()) run.remarks.push_back("No weights in " + empty + ".");
  try {
    run.log = find_trainer_log(folder);
  } catch (const Error& error) {
    run.remarks.push_back(std::string("Losses are left out: ") + error.what());
  }
  return run;
}

MetricsTable run_metrics(const CheckpointRun& run, int threads, const analysis::Progress& progress) {
  std::vector<model::LayerOperator> layers;
  std::set<std::uint64_t> steps;
  for (const analysis::RecordedStep& step : run.steps) {
    steps.insert(step.step);
    layers.insert(layers.end(), step.layers.begin(), step.layers.end());
  }
  if (run.log)
    for (const auto& [name, values] : run.log->columns)
      for (const auto& [step, value] : values) steps.insert(step);
  const auto reports = analysis::analyze_all(layers, {}, threads, progress);
  Columns columns(std::move(steps));
  if (run.log)
    for (const char* first : {"train_loss", "validation_loss"})  // in the order of metrics.csv
      if (const auto column = run.log->columns.find(first); column != run.log->columns.end())
        for (const auto& [step, value] : column->second) columns.set(first, step, value);
  if (run.log)
    for (const auto& [name, values] : run.log->columns)
      for (const auto& [step, value] : values) columns.set(name, step, value);
  std::size_t next = 0;
  std::vector<std::pair<std::uint64_t, const analysis::OperatorReport*>> rows;
  for (const analysis::RecordedStep& step : run.steps)
    for (std::size_t i = 0; i < step.layers.size(); ++i) rows.emplace_back(step.step, &reports[next++]);
  for (const auto& [step, report] : rows)
    columns.set("winding_" + model::layer_label(report->layer), step,
                known_value(report->find("winding_number"), "winding_number"));
  for (const char* id : shown_measures)
    for (const auto& [step, report] : rows)
      columns.set(std::string(id) + "_" + model::layer_label(report->layer), step,
                  known_value(report->find(id), id));
  MetricsTable table = std::move(columns).table(run.folder);
  table.remarks = run.remarks;
  return table;
}

analysis::Trajectory run_trajectory(const CheckpointRun& run, int threads) {
  analysis::Trajectory trajectory = analysis::trace(run.folder, run.steps, threads);
  if (run.log) trajectory.logged = run.log->columns;
  return trajectory;
}

}  // namespace tmm::io
