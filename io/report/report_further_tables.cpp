// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "io/report/analysis_report.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::OperatorReport;

constexpr std::size_t widest_label = 16;

struct ShownMeasure {
  std::string_view id;
  std::string_view heading[2];
  NumberStyle style;
};

std::string label_of(const OperatorReport& report) {
  return shorten_middle(model::printable(model::layer_label(report.layer)), widest_label);
}

std::string table_text(const std::vector<TextColumn>& columns) {
  std::string text;
  for (const std::string& line : layout_columns(columns)) text += line + "\n";
  return text + "\n";
}

const Measure* find(const std::vector<analysis::NamedMeasure>& measures, std::string_view id) {
  const auto found = std::ranges::find(measures, id, &analysis::NamedMeasure::id);
  return found == measures.end() ? nullptr : &found->measure;
}

/// Index and spectrum of T_m beside those of T_n.
std::string section_table(const ModelReport& model, std::size_t width) {
  static const std::array<ShownMeasure, 5> shown{
      {{"winding_number", {"", "N"}, {}},
       {"index_margin", {"", "margin"}, {.digits = 2, .rounding = Rounding::down, .scientific = true}},
       {"sigma_max", {"", "σ_max"}, {4}},
       {"log10_sigma_min", {"log10", "σ_min"}, {.digits = 6, .decimals = 2}},
       {"effective_index_float32", {"index at", "float32"}, {}}}};
  std::vector<TextColumn> columns{{{"", "layer"}, true, {}}, {{"", "m"}, false, {}}};
  for (const ShownMeasure& measure : shown)
    columns.push_back({{std::string(measure.heading[0]), std::string(measure.heading[1])}, false, {}});
  const auto add_row = [&](const OperatorReport& report, std::size_t length, const auto& measures) {
    columns[0].cells.push_back(label_of(report));
    columns[1].cells.push_back(std::to_string(length));
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const Measure* measure = find(measures, shown[i].id);
      columns[i + 2].cells.push_back(measure == nullptr ? "" : format_measure(*measure, shown[i].style));
    }
  };
  for (const OperatorReport& report : model.operators) {
    for (const analysis::Section& section : report.sections)
      add_row(report, section.length, section.measures);
    if (!report.sections.empty()) add_row(report, model::order(report.layer), report.measures);
  }
  if (columns[0].cells.empty()) return "";
  return wrap("Sections T_m, the layer on sequences of length m:", width) + table_text(columns);
}

/// z-scores against fresh layers.
std::string null_table(const AnalysisReport& report, const ModelReport& model, std::size_t width) {
  static const std::array<ShownMeasure, 7> shown{{{"winding_fraction", {"", "N/(n-1)"}, {}},
                                                  {"index_margin", {"", "margin"}, {}},
                                                  {"jensen_defect", {"Jensen", "defect"}, {}},
                                                  {"sigma_max", {"", "σ_max"}, {}},
                                                  {"log10_sigma_min", {"log10", "σ_min"}, {}},
                                                  {"stable_rank", {"stable", "rank"}, {}},
                                                  {"effective_rank", {"effective", "rank"}, {}}}};
  std::vector<TextColumn> columns{{{"", "layer"}, true, {}}};
  for (const ShownMeasure& measure : shown)
    columns.push_back({{std::string(measure.heading[0]), std::string(measure.heading[1])}, false, {}});
  for (const OperatorReport& op : model.operators) {
    if (op.null.empty()) continue;
    columns[0].cells.push_back(label_of(op));
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const auto found = std::ranges::find(op.null, shown[i].id, &analysis::NullComparison::id);
      const bool known = found != op.null.end() && found->z_score;
      columns[i + 1].cells.push_back(known ? fmt::format("{:+.1f}", *found->z_score) : "-");
    }
  }
  if (columns[0].cells.empty()) return "";
  return wrap(fmt::format("z-scores against {} freshly initialised layers (seed {}), in standard deviations "
                          "of theirs:",
                          report.null_draws, report.seed),
              width) +
         table_text(columns);
}

/// What published scripts count, beside the proven N: only where it was asked for.
std::string published_table(const AnalysisReport& report, const ModelReport& model, std::size_t width) {
  std::vector<std::string> ids, headings;
  for (const double tau : report.options.absolute_thresholds) {
    ids.push_back(fmt::format("numerical_rank_absolute_{:g}", tau));
    headings.push_back(fmt::format("> {:g}", tau));
  }
  if (ids.empty() && !report.options.published_winding) return "";
  std::vector<TextColumn> columns{{{"", "layer"}, true, {}}, {{"", "N"}, false, {}}};
  if (report.options.published_winding) columns.push_back({{"published", "index"}, false, {}});
  for (const std::string& heading : headings) columns.push_back({{"sigma", heading}, false, {}});
  const auto cell = [](const OperatorReport& op, std::string_view id, NumberStyle style) {
    const Measure* measure = op.find(id);
    return measure == nullptr ? std::string() : format_measure(*measure, style);
  };
  for (const OperatorReport& op : model.operators) {
    auto column = columns.begin();
    (column++)->cells.push_back(label_of(op));
    (column++)->cells.push_back(cell(op, "winding_number", {}));
    if (report.options.published_winding) (column++)->cells.push_back(cell(op, "published_winding", {}));
    for (const std::string& id : ids) (column++)->cells.push_back(cell(op, id, {}));
  }
  return wrap(
             "What published scripts count: an index from 50,000 open samples, which proves nothing; "
             "singular "
             "values above a threshold in the units of the weights, not relative to the largest:",
             width) +
         table_text(columns);
}

/// Layers that several operators make up.
std::string layer_table(const ModelReport& model, std::size_t width) {
  std::vector<TextColumn> columns{{{"", "block"}, true, {}},
                                  {{"", "operators"}, false, {}},
                                  {{"Fredholm index", "of the layer"}, false, {}},
                                  {{"condition of", "input proj."}, false, {}},
                                  {{"condition of", "output proj."}, false, {}}};
  std::string reasons;
  for (const analysis::LayerIndex& layer : model.layers) {
    if (layer.operators < 2) continue;
    const std::string label = layer.part == "mixer_blocks" || layer.part == "blocks"
                                  ? std::to_string(layer.block)
                                  : fmt::format("{}.{}", layer.part, layer.block);
    columns[0].cells.push_back(model::printable(label));
    columns[1].cells.push_back(std::to_string(layer.operators));
    columns[2].cells.push_back(format_measure(layer.index));
    columns[3].cells.push_back(format_measure(layer.condition_input, {3}));
    columns[4].cells.push_back(format_measure(layer.condition_output, {3}));
    const bool known = layer.index.status == analysis::Status::certified ||
                       layer.index.status == analysis::Status::numerical;
    if (!known) reasons += wrap("! block " + label + ": " + model::printable(layer.index.method), width, 2);
  }
  if (columns[0].cells.empty()) return "";
  return wrap("Whole layers, all channels together:", width) + table_text(columns) + reasons +
         (reasons.empty() ? "" : "\n");
}

/// Of operators that have the measure `present`, a row each.
std::string measures_table(const ModelReport& model, std::string_view present,
                           std::span<const ShownMeasure> shown, const std::string& heading,
                           std::size_t width) {
  std::vector<TextColumn> columns{{{"", "layer"}, true, {}}};
  for (const ShownMeasure& measure : shown)
    columns.push_back({{std::string(measure.heading[0]), std::string(measure.heading[1])}, false, {}});
  for (const OperatorReport& report : model.operators) {
    if (report.find(present) == nullptr) continue;
    columns[0].cells.push_back(label_of(report));
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const Measure* measure = report.find(shown[i].id);
      columns[i + 1].cells.push_back(measure == nullptr ? "" : format_measure(*measure, shown[i].style));
    }
  }
  if (columns[0].cells.empty()) return "";
  return wrap(heading, width) + table_text(columns);
}

std::string dense_table(const ModelReport& model, std::size_t width) {
  static const std::array<ShownMeasure, 5> shown{
      {{"sigma_max", {"", "σ_max"}, {4}},
       {"log10_sigma_min", {"log10", "σ_min"}, {5}},
       {"log_abs_det", {"", "ln|det|"}, {5}},
       {"toeplitz_distance_relative", {"relative", "distance"}, {4}},
       {"nearest_toeplitz_winding_number", {"N of the", "nearest"}, {}}}};
  return measures_table(
      model, "toeplitz_distance", shown,
      "Dense causal matrices, their Frobenius distance from the nearest Toeplitz matrix, and the "
      "index of the nearest Toeplitz matrix, not of the layer:",
      width);
}

std::string divided_table(const ModelReport& model, std::size_t width) {
  static const std::array<ShownMeasure, 3> shown{
      {{"row_divided_sigma_max", {"", "σ_max"}, {4}},
       {"log10_row_divided_sigma_min", {"log10", "σ_min"}, {5}},
       {"log10_row_divided_condition", {"log10", "condition"}, {5}}}};
  return measures_table(model, "row_divided_sigma_max", shown,
                        "What the layer applies, diag(1/c) T_n:", width);
}

/// The plane of λ, where it was asked for.
std::string plane_table(const ModelReport& model, std::size_t width) {
  static const std::array<ShownMeasure, 5> shown{
      {{"winding_number", {"", "N"}, {}},
       {"distance_to_other_index", {"to another", "index"}, {4}},
       {"distance_to_index_zero", {"to index", "0"}, {4}},
       {"log10_kreiss_powers", {"log10 K of", "T"}, {3}},
       {"log10_kreiss_residual_powers", {"log10 K of", "I + T"}, {3}}}};
  constexpr const char* heading =
      "The plane: distances of 0 to the nearest lambda at which T(a) - lambda has another index or none, and "
      "the index 0; lower bounds (>) of the Kreiss constants K, between the largest norm of a power and that "
      "over e n:";
  for (const char* present : {"distance_to_other_index", "log10_kreiss_powers"})
    if (std::string text = measures_table(model, present, shown, heading, width); !text.empty()) return text;
  return "";
}

/// Whether N of derived taps holds as the network rounds them.
std::string network_table(const ModelReport& model, std::size_t width) {
  static const std::array<ShownMeasure, 3> shown{
      {{"winding_number", {"", "N"}, {}},
       {"winding_number_network_rounding", {"N, as the", "network rounds"}, {}},
       {"stable_under_network_rounding", {"same", "(1: yes)"}, {}}}};
  return measures_table(
      model, "stable_under_network_rounding", shown,
      "Derived taps: N of the real numbers meant, and of the taps as the network rounds them:", width);
}

}  // namespace

std::string further_tables(const AnalysisReport& report, const ModelReport& model, std::size_t width) {
  return network_table(model, width) + divided_table(model, width) + dense_table(model, width) +
         plane_table(model, width) + section_table(model, width) + published_table(report, model, width) +
         null_table(report, model, width) + layer_table(model, width);
}

}  // namespace tmm::io
