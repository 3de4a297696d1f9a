// SPDX-License-Identifier: MIT
#include "io/study/analyze_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "analysis/measures/layer_index.hpp"
#include "analysis/statistics/null_model.hpp"
#include "io/checkpoint/explicit_taps.hpp"
#include "io/checkpoint/side_file.hpp"
#include "io/report/checkpoint_report.hpp"
#include "io/report/library_versions.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::io {
namespace {

/// Identity and chosen operators of one checkpoint, not analysed yet.
struct LoadedModel {
  ModelReport report;
  std::vector<model::LayerOperator> layers;
  model::StateDict weights;  ///< Toeplitz layers and the projections around them
  model::Architecture architecture;
};

/// The layers of a network that a family of them recognises.
void load_network(const TensorSource& source, const AnalysisRequest& request, LoadedModel& loaded) {
  const CheckpointHeader& header = source.header();
  const model::Assumptions assumptions =
      source.in_files() ? with_answers_beside(request.assumptions, header) : request.assumptions;
  model::Architecture architecture = recognize_header(header, assumptions);
  loaded.weights = read_checkpoint(source, Selection::token_mixing, assumptions.contradictions);
  model::hear_values(loaded.weights, assumptions.contradictions, architecture);
  loaded.report.architecture = architecture_line(architecture, header.container);
  if (architecture.family != tmm_name) loaded.report.family = architecture.family;
  std::ranges::move(model::remarks(architecture), std::back_inserter(loaded.report.warnings));
  loaded.report.null_model = model::family_of(architecture).null_model(architecture);
  loaded.architecture = architecture;
  loaded.layers = model::layer_operators(loaded.weights, assumptions);
}

void load_taps(const TensorSource& source, const AnalysisRequest& request, LoadedModel& loaded) {
  ExplicitTaps taps = read_explicit_taps(source, *request.taps, request.assumptions.contradictions);
  loaded.report.architecture = std::move(taps.description);
  std::ranges::move(taps.remarks, std::back_inserter(loaded.report.warnings));
  loaded.layers = std::move(taps.operators);
}

LoadedModel load(const TensorSource& source, const AnalysisRequest& request) {
  LoadedModel loaded;
  loaded.report.file = source.header().path;
  loaded.report.sha256 = source.sha256();
  loaded.report.bytes = source.header().file_size;
  loaded.report.warnings = remarks(source.header());
  if (request.taps)
    load_taps(source, request, loaded);
  else
    load_network(source, request, loaded);
  if (const model::LayerSelection selection(request.layers); !selection.all())
    loaded.layers = selection.select(loaded.layers, loaded.report.file);
  if (request.residual)
    for (model::LayerOperator& layer : loaded.layers) model::add_identity(layer);
  return loaded;
}

/// Options that have no meaning for explicit taps.
void require_fitting(const AnalysisRequest& request) {
  if (!request.taps) return;
  if (request.null_draws > 0)
    throw ArgumentError("explicit taps have no null model: how they were initialised is not known",
                        {"", "--null-draws", "no --taps", "--taps", ""});
  if (model::LayerSelection(request.layers).names_blocks())
    throw ArgumentError("rows of explicit taps have no block numbers",
                        {"", "--layers", "globs over names, such as \"*[[]3]\"", "a number or a range", ""});
  if (request.residual && !request.taps->add_to_first.empty())
    throw ArgumentError("two additions to tap 0 are one too many",
                        {"", "--residual", "", "--add-to-first", ""});
}

/// A section that no operator is long enough for.
void require_sections(const AnalysisRequest& request, const std::vector<model::LayerOperator>& layers) {
  std::size_t longest = 0;
  for (const model::LayerOperator& layer : layers) longest = std::max(longest, model::order(layer));
  for (const std::size_t m : request.options.sections)
    if (m > longest)
      throw ArgumentError("no layer is as long as this section",
                          {"", "--sections", fmt::format("at most {}", longest), std::to_string(m), ""});
}

analysis::Progress counting(const WorkProgress& progress, const char* unit) {
  if (!progress) return {};
  return [&progress, unit](std::size_t done, std::size_t total) { progress(unit, done, total); };
}

/// One null sample for every law of fresh layers and every length that occurs, shared by all operators of
/// these; of I + T where these are analysed. A file whose family has no such law says why.
class NullModels {
 public:
  NullModels(std::vector<LoadedModel>& models, const AnalysisRequest& request) {
    if (request.null_draws == 0) return;
    for (LoadedModel& model : models) {
      const model::NullModel& null = model.report.null_model;
      if (!null.without.empty()) {
        model.report.warnings.push_back(null.without);
        continue;
      }
      for (const model::LayerOperator& layer : model.layers) {
        if (layer.kind == model::OperatorKind::dense_causal) continue;  // the null model is Toeplitz
        const std::size_t n = layer.taps.size();
        if (!samples_.contains({null.words, n}))
          samples_.emplace(std::pair(null.words, n),
                           analysis::draw_null_sample(n, request.null_draws, request.seed, request.options,
                                                      request.threads, null, request.residual,
                                                      counting(request.progress, "fresh layers")));
      }
    }
  }

  void compare(const model::NullModel& null, analysis::OperatorReport& report) const {
    const auto sample = samples_.find({null.words, report.layer.taps.size()});
    if (sample == samples_.end() || !null.without.empty() ||
        report.layer.kind == model::OperatorKind::dense_causal)
      return;
    report.null = analysis::compare_with_null(report, sample->second);
  }

 private:
  std::map<std::pair<std::string, std::size_t>, analysis::NullSample> samples_;
};

/// Operators of many models in one row.
struct Row {
  std::vector<model::LayerOperator> layers;
  std::vector<std::pair<std::size_t, std::size_t>> places;  ///< model, place in the model

  explicit Row(std::vector<LoadedModel>& models) {
    for (std::size_t m = 0; m < models.size(); ++m) {
      for (std::size_t k = 0; k < models[m].layers.size(); ++k) places.emplace_back(m, k);
      std::ranges::move(models[m].layers, std::back_inserter(layers));
      models[m].layers = {};
    }
  }
};

/// Leaves what AnalysisRequest::forget keeps.
analysis::OperatorReport outline(const analysis::OperatorReport& op) {
  analysis::OperatorReport left;
  left.layer.name = op.layer.name;
  left.layer.part = op.layer.part;
  left.layer.block = op.layer.block;
  left.layer.head = op.layer.head;
  left.layer.row = op.layer.row;
  left.layer.stage = op.layer.stage;
  left.layer.kind = op.layer.kind;
  left.winding = op.winding;
  left.warnings = op.warnings;
  for (const analysis::NamedMeasure& measure : op.measures)
    if (measure.measure.status == analysis::Status::undecided) left.measures.push_back(measure);
  return left;
}

/// Hands results on as they come.
class Distributor {
 public:
  Distributor(AnalysisReport& report, const ResultSinks& sinks) : report_(report), sinks_(sinks.others) {
    if (sinks.store != nullptr) sinks_.insert(sinks_.begin(), sinks.store);
    for (ReportSink* sink : sinks_) sink->begin(report_);
  }

  void add(std::size_t model, std::size_t place, const analysis::OperatorReport& report) {
    for (ReportSink* sink : sinks_) sink->add(model, place, report);
  }

  void finish() {
    for (ReportSink* sink : sinks_) sink->finish(report_);
  }

 private:
  AnalysisReport& report_;
  std::vector<ReportSink*> sinks_;
};

/// All operators of all models in one pool.
void analyze_models(std::vector<LoadedModel> models, const AnalysisRequest& request, const ResultSinks& sinks,
                    AnalysisReport& report) {
  for (LoadedModel& model : models) model.report.planned = model.layers.size();
  const NullModels null_models(models, request);
  Row row(models);
  require_sections(request, row.layers);
  for (LoadedModel& model : models) report.models.push_back(std::move(model.report));
  Distributor distributor(report, sinks);
  std::vector<std::string> keys;
  if (sinks.store != nullptr)
    for (std::size_t i = 0; i < row.layers.size(); ++i) {
      keys.push_back(operator_key(row.layers[i], report, report.models[row.places[i].first].null_model));
      sinks.store->expect(keys.back());
    }
  const bool drop = request.options.keep_arrays && row.layers.size() > request.most_with_arrays;
  const auto known = [&](std::size_t i) -> std::optional<analysis::OperatorReport> {
    if (sinks.store == nullptr) return std::nullopt;
    std::optional<analysis::OperatorReport> stored = sinks.store->known(keys[i]);
    if (stored) stored->layer = row.layers[i];  // its name may be another one now
    return stored;
  };
  const auto deliver = [&](std::size_t i, analysis::OperatorReport&& op) {
    const auto [m, k] = row.places[i];
    null_models.compare(report.models[m].null_model, op);
    distributor.add(m, k, op);
    if (drop) analysis::drop_arrays(op, request.options);
    report.models[m].operators.push_back(request.forget ? outline(op) : std::move(op));
    row.layers[i] = {};  // nobody asks for it again
  };
  request.scheduler(row.layers, request.options, request.threads, deliver,
                    counting(request.progress, "operators"), known);
  for (std::size_t m = 0; m < models.size(); ++m)
    if (!request.residual && !request.taps &&
        request.layers.empty())  // a selection may have cut a layer in two
      report.models[m].layers =
          analysis::layer_indices(report.models[m].operators, models[m].weights, models[m].architecture);
  distributor.finish();
}

AnalysisReport analyze_loaded(std::vector<LoadedModel> models, const AnalysisRequest& request,
                              const ResultSinks& sinks) {
  AnalysisReport report;
  report.program_version = program_version();
  report.libraries = request.libraries.empty() ? library_versions() : request.libraries;
  report.options = request.options;
  report.selection = request.layers;
  report.residual = request.residual;
  report.assume_toeplitz = request.assumptions.contradictions == model::Contradictions::assume_toeplitz;
  report.taps = request.taps;
  report.null_draws = request.null_draws;
  report.seed = request.seed;
  analyze_models(std::move(models), request, sinks, report);
  return report;
}

}  // namespace

AnalysisReport analyze_files(std::span<const std::string> files, const AnalysisRequest& request,
                             const ResultSinks& sinks) {
  require_fitting(request);
  std::vector<LoadedModel> models;
  for (const std::string& file : files) {  // one open file at a time
    const auto source = open_checkpoint(file, request.copy);
    models.push_back(load(*source, request));
  }
  return analyze_loaded(std::move(models), request, sinks);
}

AnalysisReport analyze_sources(std::span<const std::unique_ptr<TensorSource>> sources,
                               const AnalysisRequest& request) {
  require_fitting(request);
  std::vector<LoadedModel> models;
  for (const auto& source : sources) models.push_back(load(*source, request));
  return analyze_loaded(std::move(models), request, {});
}

}  // namespace tmm::io
