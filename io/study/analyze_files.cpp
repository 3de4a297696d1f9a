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
      source.in_files() ? with_answers_beside(request.assumptions, header.path) : request.assumptions;
  model::Architecture architecture = recognize_header(header, assumptions);
  loaded.weights = read_checkpoint(source, Selection::token_mixing, assumptions.contradictions);
  model::add_dense_matrices(loaded.weights, architecture);
  if (assumptions.contradictions == model::Contradictions::refuse)
    model::take_dense_layers(loaded.weights, architecture);
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
  loaded.report.bytes = source.header().file_size;
  loaded.report.warnings = remarks(source.header());
  if (request.taps)
    load_taps(source, request, loaded);
  else
    load_network(source, request, loaded);
  const model::LayerSelection selection(request.layers);
  if (!selection.all()) loaded.layers = selection.select(loaded.layers, loaded.report.file);
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
void add_null_model(std::vector<ModelReport>& models, const AnalysisRequest& request) {
  if (request.null_draws == 0) return;
  std::map<std::pair<std::string, std::size_t>, analysis::NullSample> samples;
  for (ModelReport& model : models) {
    const model::NullModel& null = model.null_model;
    if (!null.without.empty()) {
      model.warnings.push_back(null.without);
      continue;
    }
    for (analysis::OperatorReport& op : model.operators) {
      if (op.layer.kind == model::OperatorKind::dense_causal) continue;  // the null model is Toeplitz
      const std::size_t n = op.layer.taps.size();
      if (n == 0) continue;  // a dense matrix
      auto sample = samples.find({null.words, n});
      if (sample == samples.end())
        sample = samples
                     .emplace(std::pair(null.words, n),
                              analysis::draw_null_sample(n, request.null_draws, request.seed, request.options,
                                                         request.threads, null, request.residual,
                                                         counting(request.progress, "fresh layers")))
                     .first;
      op.null = analysis::compare_with_null(op, sample->second);
    }
  }
}

/// All operators of all models in one pool.
std::vector<ModelReport> analyze_models(std::vector<LoadedModel> models, const AnalysisRequest& request) {
  std::vector<model::LayerOperator> layers;
  std::vector<std::size_t> counts;
  for (LoadedModel& model : models) {
    counts.push_back(model.layers.size());
    std::ranges::move(model.layers, std::back_inserter(layers));
    model.layers = {};
  }
  require_sections(request, layers);
  std::vector<analysis::OperatorReport> results = analysis::analyze_all(
      layers, request.options, request.threads, counting(request.progress, "operators"));
  std::vector<ModelReport> reports;
  auto next = std::make_move_iterator(results.begin());
  for (std::size_t i = 0; i < models.size(); ++i) {
    LoadedModel& model = models[i];
    const auto end = next + static_cast<std::ptrdiff_t>(counts[i]);
    model.report.operators.assign(next, end);
    if (!request.residual && !request.taps &&
        model::LayerSelection(request.layers).all())  // a selection may have cut a layer in two
      model.report.layers =
          analysis::layer_indices(model.report.operators, model.weights, model.architecture);
    reports.push_back(std::move(model.report));
    next = end;
  }
  return reports;
}

AnalysisReport analyze_loaded(std::vector<LoadedModel> models, const AnalysisRequest& request) {
  AnalysisReport report;
  report.program_version = program_version();
  report.libraries = library_versions();
  report.options = request.options;
  report.selection = request.layers;
  report.residual = request.residual;
  report.assume_toeplitz = request.assumptions.contradictions == model::Contradictions::assume_toeplitz;
  report.taps = request.taps;
  report.null_draws = request.null_draws;
  report.seed = request.seed;
  report.models = analyze_models(std::move(models), request);
  add_null_model(report.models, request);
  return report;
}

}  // namespace

std::vector<model::LayerOperator> requested_operators(const TensorSource& source,
                                                      const AnalysisRequest& request) {
  require_fitting(request);
  return load(source, request).layers;
}

AnalysisReport analyze_files(std::span<const std::string> files, const AnalysisRequest& request) {
  require_fitting(request);
  std::vector<LoadedModel> models;
  for (const std::string& file : files) {  // one open file at a time
    const auto source = open_checkpoint(file, request.copy);
    models.push_back(load(*source, request));
    models.back().report.sha256 = source->sha256();
  }
  return analyze_loaded(std::move(models), request);
}

AnalysisReport analyze_sources(std::span<const std::unique_ptr<TensorSource>> sources,
                               const AnalysisRequest& request) {
  require_fitting(request);
  std::vector<LoadedModel> models;
  for (const auto& source : sources) {
    models.push_back(load(*source, request));
    models.back().report.sha256 = source->sha256();
  }
  return analyze_loaded(std::move(models), request);
}

}  // namespace tmm::io
