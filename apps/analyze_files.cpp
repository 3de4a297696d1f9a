// SPDX-License-Identifier: MIT
#include "apps/analyze_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "analysis/measures/layer_index.hpp"
#include "apps/progress_bar.hpp"
#include "io/checkpoint/explicit_taps.hpp"
#include "io/checkpoint/side_file.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/checkpoint_report.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"

namespace tmm::apps {
namespace {

/// Identity and chosen operators of one file, not analysed yet.
struct LoadedModel {
  io::ModelReport report;
  std::vector<model::LayerOperator> layers;
  model::StateDict weights;  ///< Toeplitz layers and the projections around them
  model::Architecture architecture;
};

/// The layers of a network that a family of them recognises.
void load_network(const io::TensorSource& source, const AnalyzeFiles& request, LoadedModel& loaded) {
  const io::CheckpointHeader& header = source.header();
  const model::Assumptions assumptions = io::with_answers_beside(request.assumptions, header.path);
  model::Architecture architecture = io::recognize_header(header, assumptions);
  loaded.report.architecture = io::architecture_line(architecture, header.container);
  if (architecture.family != io::tmm_name) loaded.report.family = architecture.family;
  loaded.weights = io::read_checkpoint(source, io::Selection::token_mixing, assumptions.contradictions);
  model::add_dense_matrices(loaded.weights, architecture);
  std::ranges::move(model::remarks(architecture), std::back_inserter(loaded.report.warnings));
  loaded.report.null_model = model::family_of(architecture).null_model(architecture);
  loaded.architecture = architecture;
  loaded.layers = model::layer_operators(loaded.weights, assumptions);
}

void load_taps(const io::TensorSource& source, const AnalyzeFiles& request, LoadedModel& loaded) {
  io::ExplicitTaps taps = io::read_explicit_taps(source, *request.taps, request.assumptions.contradictions);
  loaded.report.architecture = std::move(taps.description);
  std::ranges::move(taps.remarks, std::back_inserter(loaded.report.warnings));
  loaded.layers = std::move(taps.operators);
}

LoadedModel load(const std::string& file, const AnalyzeFiles& request) {
  LoadedModel loaded;
  const auto source = io::open_checkpoint(file, request.copy);
  loaded.report.file = source->header().path;
  loaded.report.bytes = source->header().file_size;
  loaded.report.warnings = io::remarks(source->header());
  if (request.taps)
    load_taps(*source, request, loaded);
  else
    load_network(*source, request, loaded);
  if (!request.layers.all()) loaded.layers = request.layers.select(loaded.layers, file);
  if (request.residual)
    for (model::LayerOperator& layer : loaded.layers) model::add_identity(layer);
  loaded.report.sha256 = source->sha256();
  return loaded;
}

/// Options that have no meaning for explicit taps.
void require_fitting(const AnalyzeFiles& request) {
  if (!request.taps) return;
  if (request.layers.names_blocks())
    throw ArgumentError("rows of explicit taps have no block numbers",
                        {"", "--layers", "globs over names, such as \"*[[]3]\"", "a number or a range", ""});
  if (request.residual && !request.taps->add_to_first.empty())
    throw ArgumentError("two additions to tap 0 are one too many",
                        {"", "--residual", "", "--add-to-first", ""});
}

/// A section that no operator is long enough for.
void require_sections(const AnalyzeFiles& request, const std::vector<model::LayerOperator>& layers) {
  std::size_t longest = 0;
  for (const model::LayerOperator& layer : layers) longest = std::max(longest, model::order(layer));
  for (const std::size_t m : request.options.sections)
    if (m > longest)
      throw ArgumentError("no layer is as long as this section",
                          {"", "--sections", fmt::format("at most {}", longest), std::to_string(m), ""});
}

}  // namespace

std::vector<io::ModelReport> analyze_files(const AnalyzeFiles& request) {
  require_fitting(request);
  std::vector<LoadedModel> models;
  for (const std::string& file : request.files) models.push_back(load(file, request));
  std::vector<model::LayerOperator> layers;
  std::vector<std::size_t> counts;
  for (LoadedModel& model : models) {
    counts.push_back(model.layers.size());
    std::ranges::move(model.layers, std::back_inserter(layers));
    model.layers = {};
  }
  require_sections(request, layers);
  std::vector<analysis::OperatorReport> results;
  {
    ProgressBar bar(request.progress);
    results = analysis::analyze_all(layers, request.options, request.threads,
                                    [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  }
  std::vector<io::ModelReport> reports;
  auto next = std::make_move_iterator(results.begin());
  for (std::size_t i = 0; i < models.size(); ++i) {
    LoadedModel& model = models[i];
    const auto end = next + static_cast<std::ptrdiff_t>(counts[i]);
    model.report.operators.assign(next, end);
    if (!request.residual && !request.taps &&
        request.layers.all())  // a selection may have cut a layer in two
      model.report.layers =
          analysis::layer_indices(model.report.operators, model.weights, model.architecture);
    reports.push_back(std::move(model.report));
    next = end;
  }
  return reports;
}

}  // namespace tmm::apps
