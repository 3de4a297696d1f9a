// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "analysis/statistics/summary.hpp"
#include "io/json/json_text.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/operator_json.hpp"
#include "io/report/taps_request.hpp"

namespace tmm::io {
namespace {

using analysis::OperatorReport;

std::string summary_json(const ModelReport& model) {
  const auto s = analysis::summarize(model.operators);
  const auto fraction = analysis::median(model.operators, "winding_fraction");
  JsonMembers members{{"operators", json_integer(s.operators)},
                      {"invertible", json_integer(s.invertible)},
                      {"nearly_invertible", json_integer(s.nearly)},
                      {"not_invertible", json_integer(s.not_invertible)},
                      {"not_fredholm", json_integer(s.not_fredholm)},
                      {"undecided", json_integer(s.undecided)},
                      {"median_winding_fraction", fraction ? json_number(fraction->value) : "null"}};
  if (s.dense > 0) members.emplace_back("dense", json_integer(s.dense));
  return json_line(members);
}

/// Stands in the text of a document where the operators of a model come; JSON text has no such character.
constexpr char operators_here = '\x01';

std::string model_json(const ModelReport& model, int depth) {
  JsonMembers members{{"file", json_string(model.file)},
                      {"sha256", json_string(model.sha256)},
                      {"bytes", json_integer(model.bytes)},
                      {"architecture", json_string(model.architecture)}};
  if (!model.family.empty()) members.emplace_back("family", json_string(model.family));
  members.emplace_back("warnings", strings_json(model.warnings, depth + 1));
  members.emplace_back("summary", summary_json(model));
  members.emplace_back("layers", layers_json(model.layers, depth + 1));
  std::vector<std::string> operators;
  if (!model.operators.empty()) operators.emplace_back(1, operators_here);
  members.emplace_back("operators", json_array(operators, depth + 1));
  return json_object(members, depth);
}

JsonMembers as_strings(const std::vector<std::pair<std::string, std::string>>& pairs) {
  JsonMembers members;
  for (const auto& [name, text] : pairs) members.emplace_back(name, json_string(text));
  return members;
}

}  // namespace

std::string layers_json(const std::vector<analysis::LayerIndex>& layers, int depth) {
  std::vector<std::string> elements;
  for (const analysis::LayerIndex& layer : layers)
    elements.push_back(json_object({{"part", json_string(layer.part)},
                                    {"block", json_integer(layer.block)},
                                    {"operators", json_integer(layer.operators)},
                                    {"fredholm_index", measure_json(layer.index)},
                                    {"condition_input_projection", measure_json(layer.condition_input)},
                                    {"condition_output_projection", measure_json(layer.condition_output)}},
                                   depth + 1));
  return json_array(elements, depth);
}

std::string options_json(const AnalysisReport& report) {
  JsonMembers members{{"layers", report.selection.empty() ? "null" : json_string(report.selection)},
                      {"spectrum", json_string(name(report.options.spectrum))},
                      {"zeros", report.options.zeros ? "true" : "false"},
                      {"residual", report.residual ? "true" : "false"},
                      {"null_draws", json_integer(report.null_draws)},
                      {"seed", json_integer(report.seed)},
                      {"sections", json_list(report.options.sections)},
                      {"thresholds", json_list(report.options.thresholds)},
                      {"max_bits", json_integer(report.options.winding.max_bits)},
                      {"max_extended", json_number(report.options.winding.max_extended)},
                      {"margin_tightness", json_number(report.options.winding.margin_tightness)}};
  if (!report.options.absolute_thresholds.empty())
    members.emplace_back("absolute_thresholds", json_list(report.options.absolute_thresholds));
  if (!report.options.measures.empty()) members.emplace_back("measures", json_list(report.options.measures));
  if (report.options.published_winding) members.emplace_back("published_winding", "true");
  if (report.options.certify) members.emplace_back("certify", "true");
  if (const auto& grid = report.options.pseudospectra)
    members.emplace_back("pseudospectra", json_line({{"columns", json_integer(grid->columns)},
                                                     {"rows", json_integer(grid->rows)}}));
  if (report.taps) members.emplace_back("taps", taps_json(*report.taps));
  if (report.assume_toeplitz) members.emplace_back("assume_toeplitz", "true");
  return json_line(members);
}

AnalysisReport frame_of(const AnalysisReport& report) {
  AnalysisReport frame;
  frame.program_version = report.program_version;
  frame.libraries = report.libraries;
  frame.options = report.options;
  frame.selection = report.selection;
  frame.residual = report.residual;
  frame.assume_toeplitz = report.assume_toeplitz;
  frame.taps = report.taps;
  frame.null_draws = report.null_draws;
  frame.seed = report.seed;
  for (const ModelReport& model : report.models) {
    ModelReport& to = frame.models.emplace_back();
    to.file = model.file;
    to.sha256 = model.sha256;
    to.bytes = model.bytes;
    to.architecture = model.architecture;
    to.warnings = model.warnings;
    to.null_model = model.null_model;
    to.family = model.family;
    to.planned = model.operators.size();
  }
  return frame;
}

const std::vector<std::pair<std::string, std::string>>& report_conventions() {
  static const std::vector<std::pair<std::string, std::string>> conventions{
      {"sha256",
       "of the file's bytes; of an index with shards: of the lines \"HASH  -\" of the index and \"HASH  "
       "NAME\" "
       "of each shard in order of names, as sha256sum prints them"},
      {"operator", "(T x)_t = sum over s <= t of w_{t-s} x_s; the layer's bias is not part of it"},
      {"symbol", "a(z) = sum over k < n of w_k z^k, on the circle z = exp(i theta)"},
      {"winding_number", "N = zeros of a in |z| < 1 with multiplicity; a(z) = z has N = 1"},
      {"fredholm_index", "dim ker - dim coker of T(a) on l2(N) = -N; a(z) = z has index -1"},
      {"singular_values", "of the n x n finite section T_n(a), not of T(a)"},
      {"residual",
       "with options.residual the operator is I + T: what a block passes on when its normalisation is taken "
       "as fixed"},
      {"null_model",
       "freshly initialised weights, normal with variance 2/n; z_score = (value - mean)/deviation, rank = "
       "share of draws "
       "below, ties half"},
      {"layers",
       "heads: -(d/H) sum of N; kernel rows: -d N of the last row, whose symbol is the diagonal of a "
       "triangular matrix symbol; "
       "flat: -d N"},
      {"status",
       "certified: proven, |value - truth| <= error; numerical: error is an estimate; below precision: "
       "only upper_bound or lower_bound is known; undecided: no answer within the work limits; not defined: "
       "the "
       "quantity does not exist here"}};
  return conventions;
}

AnalysisReport without_operators(const AnalysisReport& report) {
  AnalysisReport head = frame_of(report);
  head.left_out = report.left_out;
  for (std::size_t m = 0; m < head.models.size(); ++m) head.models[m].layers = report.models[m].layers;
  return head;
}

namespace {

/// The document but for the operators.
std::string document(const AnalysisReport& report) {
  std::vector<std::string> models;
  for (const ModelReport& model : report.models) models.push_back(model_json(model, 3));
  JsonMembers members{{"schema", "\"tmm.analysis\""},
                      {"schema_version", json_integer(report_schema_version)},
                      {"program", json_line({{"name", "\"tmm\""},
                                             {"version", json_string(report.program_version)},
                                             {"libraries", json_line(as_strings(report.libraries))}})},
                      {"conventions", json_object(as_strings(report_conventions()), 2)},
                      {"options", options_json(report)}};
  if (!report.left_out.empty()) members.emplace_back("left_out", json_string(report.left_out));
  members.emplace_back("models", json_array(models, 2));
  return json_object(members, 1) + "\n";
}

}  // namespace

void write_report_json(const AnalysisReport& report, ReportArrays arrays, const TextSink& write) {
  constexpr int depth = 5;  // of an operator's members
  const std::string separator = ",\n" + std::string(2 * (depth - 1), ' ');
  const std::string text = document(report);
  std::string_view rest = text;
  for (const ModelReport& model : report.models) {
    if (model.operators.empty()) continue;
    const std::size_t here = rest.find(operators_here);
    write(rest.substr(0, here));
    rest.remove_prefix(here + 1);
    for (std::size_t k = 0; k < model.operators.size(); ++k)
      write((k == 0 ? "" : separator) + operator_json(model.operators[k], arrays, depth));
  }
  write(rest);
}

std::string report_json(const AnalysisReport& report, ReportArrays arrays) {
  std::string text;
  write_report_json(report, arrays, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace tmm::io
