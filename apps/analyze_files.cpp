// SPDX-License-Identifier: MIT
#include "apps/analyze_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "analysis/measures/layer_index.hpp"
#include "apps/progress_bar.hpp"
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

LoadedModel load(const std::string& file, const AnalyzeFiles& request) {
  LoadedModel loaded;
  const auto source = io::open_checkpoint(file);
  const io::CheckpointHeader& header = source->header();
  loaded.report.file = file;
  loaded.report.bytes = header.file_size;
  const model::Assumptions assumptions = io::with_answers_beside(request.assumptions, header.path);
  model::Architecture architecture = io::recognize_header(header, assumptions);
  loaded.report.architecture = io::architecture_line(architecture, header.container);
  loaded.weights = io::read_checkpoint(*source, io::Selection::token_mixing, assumptions.contradictions);
  model::add_dense_matrices(loaded.weights, architecture);
  loaded.report.warnings = model::remarks(architecture);
  loaded.report.null_model = model::family_of(architecture).null_model(architecture);
  loaded.architecture = architecture;
  loaded.layers = request.layers.select(model::layer_operators(loaded.weights, assumptions), file);
  if (request.residual)
    for (model::LayerOperator& layer : loaded.layers) model::add_identity(layer);
  loaded.report.sha256 = source->sha256();
  return loaded;
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
  std::vector<LoadedModel> models;
  for (const std::string& file : request.files) models.push_back(load(file, request));
  std::vector<model::LayerOperator> layers;
  for (const LoadedModel& model : models)
    layers.insert(layers.end(), model.layers.begin(), model.layers.end());
  require_sections(request, layers);
  std::vector<analysis::OperatorReport> results;
  {
    ProgressBar bar(request.progress);
    results = analysis::analyze_all(layers, request.options, request.threads,
                                    [&](std::size_t done, std::size_t total) { bar.update(done, total); });
  }
  std::vector<io::ModelReport> reports;
  auto next = std::make_move_iterator(results.begin());
  for (LoadedModel& model : models) {
    const auto end = next + static_cast<std::ptrdiff_t>(model.layers.size());
    model.report.operators.assign(next, end);
    if (!request.residual && request.layers.all())  // a selection may have cut a layer in two
      model.report.layers =
          analysis::layer_indices(model.report.operators, model.weights, model.architecture);
    reports.push_back(std::move(model.report));
    next = end;
  }
  return reports;
}

}  // namespace tmm::apps
