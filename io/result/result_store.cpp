// SPDX-License-Identifier: MIT
#include "io/result/result_store.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "io/checkpoint/sha256.hpp"
#include "io/files/committed_file.hpp"
#include "io/report/operator_json.hpp"
#include "io/report/taps_request.hpp"
#include "io/result/read_report.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

std::string model_group(std::size_t model) {
  return "models/" + std::to_string(model);
}

std::string operator_group(std::size_t model, std::size_t place) {
  return model_group(model) + "/operators/" + std::to_string(place);
}

void write_text(ArrayWriter& file, const std::string& name, const std::string& text) {
  const DatasetInfo info{name, {text.size()}, Element::unsigned_integer, 1, "uint8"};
  file.raw(name, info, std::as_bytes(std::span(text)));
}

void write_root(ArrayWriter& file, const AnalysisReport& report) {
  write_text(file, "report_json", report_json(report));
  file.attribute("/", "schema", "tmm.analysis");
  file.attribute("/", "hdf5_schema_version", std::int64_t{report_hdf5_version});
  file.attribute("/", "program_version", report.program_version);
  file.attribute("/", "status_names", status_names());
  file.attribute("/", "method_names", method_names());
  for (const auto& [convention, text] : report_conventions())
    file.attribute("/", "convention_" + convention, text);
  file.attribute("/", "residual", std::int64_t{report.residual ? 1 : 0});
  if (report.taps) file.attribute("/", "taps", taps_json(*report.taps));
  file.attribute("/", "null_draws", static_cast<std::int64_t>(report.null_draws));
  file.attribute("/", "seed", std::to_string(report.seed));
  std::vector<std::int64_t> planned;
  for (const ModelReport& model : report.models) planned.push_back(static_cast<std::int64_t>(model.planned));
  const std::size_t models = planned.size();
  file.dataset("planned_operators", {&models, 1}, std::span<const std::int64_t>(planned));
  file.group("models");
}

void write_model(ArrayWriter& file, const ModelReport& model, const std::string& group) {
  file.group(group);
  file.attribute(group, "file", model.file);
  file.attribute(group, "sha256", model.sha256);
  file.attribute(group, "bytes", static_cast<std::int64_t>(model.bytes));
  file.attribute(group, "architecture", model.architecture);
  if (!model.warnings.empty()) file.attribute(group, "warnings", joined(model.warnings));
  file.group(group + "/operators");
}

/// The beginning of the file: all but operators and layers.
void write_frame(ArrayWriter& file, const AnalysisReport& frame) {
  write_root(file, frame);
  for (std::size_t m = 0; m < frame.models.size(); ++m) write_model(file, frame.models[m], model_group(m));
}

/// Its end.
void write_layers(ArrayWriter& file, const AnalysisReport& report) {
  for (std::size_t m = 0; m < report.models.size(); ++m)
    if (const auto& layers = report.models[m].layers; !layers.empty())
      write_text(file, model_group(m) + "/layers_json", layers_json(layers, 1) + "\n");
  file.attribute("/", "complete", std::int64_t{1});
}

void append_numbers(std::string& text, const std::vector<double>& numbers) {
  text += std::to_string(numbers.size()) + "\n";
  text.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double));
}

}  // namespace

std::string operator_key(const model::LayerOperator& layer, const AnalysisReport& frame,
                         const model::NullModel& null_model) {
  std::string text = frame.program_version + "\n" + options_json(frame) + "\n";
  if (frame.null_draws > 0) text += null_model.words + "\n";
  text += layer.derivation + "\n" + (layer.kind == model::OperatorKind::dense_causal ? "dense\n" : "");
  append_numbers(text, layer.taps);
  append_numbers(text, layer.matrix);
  append_numbers(text, layer.network_taps);
  append_numbers(text, layer.row_divisor);
  append_numbers(text, {layer.rest, layer.tap_error_l1});
  return sha256(text);
}

ResultStore::~ResultStore() {
  if (!file_ || to_copy_ > 0 || operators_ == 0) return;
  try {
    file_->commit();
  } catch (const std::exception&) {  // the file is as it was last committed
  }
}

/// Whether the file is of this very analysis.
bool ResultStore::read_known() {
  { const CommittedFile recovered(path_, CommittedFile::Start::resume); }
  const InputFile file(path_);
  if (!is_report(file))
    throw FormatError("nothing to go on with: this is no result of tmm analyze",
                      {path_, "", "HDF5 that --hdf5 or --resume has written", "another file", ""});
  std::vector<std::size_t> present;
  const bool same = stored_frame(file) == report_json(frame_);
  complete_ = read_attributes(file).contains("complete");
  const AnalysisReport found = read_store(file, [&](std::size_t model, StoredOperator&& stored) {
    present.resize(std::max(present.size(), model + 1));
    ++present[model];
    if (same && !arrays_) drop_arrays(stored.report, frame_.options);
    known_.insert_or_assign(std::move(stored.key), std::move(stored.report));
  });
  present.resize(found.models.size());
  present_ = std::move(present);
  return same;
}

void ResultStore::begin(const AnalysisReport& frame) {
  frame_ = frame;
  const bool there = start_ == Start::resume && std::filesystem::exists(path_);
  if (there && read_known()) {
    if (!complete_) file_.emplace(path_, CommittedFile::Start::resume);
    return;
  }
  complete_ = false;
  present_.assign(frame_.models.size(), 0);
  const bool replace = there || start_ == Start::replace;
  file_.emplace(path_, replace ? CommittedFile::Start::replace : CommittedFile::Start::create);
  write_frame(*file_, frame_);
}

bool ResultStore::expect(const std::string& key) {
  expected_.push_back(key);
  if (!known_.contains(key)) return false;
  ++to_copy_;
  return true;
}

std::optional<analysis::OperatorReport> ResultStore::known(const std::string& key) const {
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void ResultStore::add(std::size_t model, std::size_t place, const analysis::OperatorReport& report) {
  const std::string& key = expected_.at(added_++);
  if (to_copy_ > 0 && known_.contains(key)) --to_copy_;
  if (complete_ || place < present_[model]) return;
  write_operator(*file_, operator_group(model, place), report, key);
  commit_if_due(model::order(report.layer));
}

/// At times that depend on the operators alone, so that the same analysis gives the same bytes: about every
/// 32 operators of n = 512.
void ResultStore::commit_if_due(std::size_t n) {
  constexpr std::size_t most_operators = 256;
  constexpr std::uint64_t most_work = std::uint64_t{1} << 23U;
  ++operators_;
  work_ += std::uint64_t{n} * n;
  if (to_copy_ > 0 || (operators_ < most_operators && work_ < most_work)) return;
  file_->commit();
  operators_ = 0;
  work_ = 0;
}

void ResultStore::finish(const AnalysisReport& report) {
  if (complete_) return;
  write_layers(*file_, report);
  file_->finish();
  file_.reset();
}

void write_report_hdf5(const AnalysisReport& report, const std::string& path, bool replace) {
  ArrayWriter file(path);
  const AnalysisReport frame = frame_of(report);
  write_frame(file, frame);
  for (std::size_t m = 0; m < report.models.size(); ++m) {
    const ModelReport& model = report.models[m];
    for (std::size_t k = 0; k < model.operators.size(); ++k)
      write_operator(file, operator_group(m, k), model.operators[k],
                     operator_key(model.operators[k].layer, frame, model.null_model));
  }
  write_layers(file, report);
  file.finish(replace);
}

}  // namespace tmm::io
