// SPDX-License-Identifier: MIT
#include "io/report/repair_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/json/json_text.hpp"
#include "io/report/operator_json.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

using analysis::IndexStatus, analysis::Winding;

/// The certified number, or what stands in its place.
std::string index_in_words(const Winding& winding) {
  if (winding.status == IndexStatus::certified) return std::to_string(winding.number);
  return winding.status == IndexStatus::not_fredholm ? "none" : "?";
}

std::string json_winding(const Winding& winding) {
  const bool certified = winding.status == IndexStatus::certified;
  JsonMembers members{{"value", certified ? json_integer(winding.number) : "null"},
                      {"status", json_string(analysis::name(winding.status))}};
  if (!certified) members.emplace_back("reason", json_string(winding.reason));
  return json_line(members);
}

std::string layers_table(const RepairReport& report) {
  std::vector<TextColumn> columns(8);
  const char* headings[][2] = {{"", "layer"},      {"N", "before"},    {"N", "after"},
                               {"zeros", "out"},   {"zeros", "in"},    {"on the", "circle"},
                               {"change", "of w"}, {"error", "of |a|"}};
  for (std::size_t i = 0; i < columns.size(); ++i)
    for (const std::size_t line : {0U, 1U}) columns[i].heading[line] = headings[i][line];
  columns[0].left_aligned = true;
  for (const RepairedLayer& layer : report.layers) {
    columns[0].cells.push_back(shorten_middle(model::printable(model::layer_label(layer.layer)), 24));
    const std::vector<std::string> cells = repair_cells(layer);
    for (std::size_t i = 0; i < cells.size(); ++i) columns[i + 1].cells.push_back(cells[i]);
  }
  std::string table;
  for (const std::string& line : layout_columns(columns)) table += line + "\n";
  return table;
}

std::string explanation() {
  return wrap(
      "N: certified winding number, of the taps as stored. change of w: 2-norm of the difference over "
      "that of the taps. error of |a|: largest difference on the circle over max|a|, rounding to the "
      "stored type included.",
      80);
}

std::string decimals(double value, bool with_sign) {
  if (!std::isfinite(value)) return "?";
  return with_sign ? fmt::format("{:+.4f}", value) : fmt::format("{:.4f}", value);
}

std::string effects_table(const RepairReport& report) {
  const RepairEffects& effects = *report.effects;
  std::string table =
      "\n" + wrap(fmt::format("Loss of the network ({}, {}) on {} sequences of {} tokens, {} positions; as "
                              "stored {}",
                              model::name(report.objective), report.precision, effects.sequences,
                              effects.length, effects.counted, loss_before(effects)),
                  80);
  std::vector<TextColumn> columns(4);
  const char* headings[] = {"repaired", "loss", "change", "±"};
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].heading[1] = headings[i];
  columns[0].left_aligned = true;
  for (const RepairEffect& effect : effects.layers) {
    columns[0].cells.push_back(effect.layer.empty() ? "all of them"
                                                    : shorten_middle(model::printable(effect.layer), 24));
    const std::vector<std::string> cells = effect_cells(effect);
    for (std::size_t i = 0; i < cells.size(); ++i) columns[i + 1].cells.push_back(cells[i]);
  }
  for (const std::string& line : layout_columns(columns)) table += line + "\n";
  table += wrap(
      "±: standard error of the change, from the differences sequence by sequence; ?: not finite, or of one "
      "sequence alone.",
      80);
  return table;
}

std::string json_layer(const RepairedLayer& layer) {
  const auto& repair = layer.repair;
  return json_line({{"layer", json_string(model::layer_label(layer.layer))},
                    {"name", json_string(layer.layer.name)},
                    {"dtype", json_string(model::name(layer.layer.dtype))},
                    {"n", json_integer(layer.layer.taps.size())},
                    {"winding_number_before", json_winding(repair.before)},
                    {"winding_number_after", json_winding(layer.after)},
                    {"zeros_reflected_outward", json_integer(repair.outward)},
                    {"zeros_reflected_inward", json_integer(repair.inward)},
                    {"zeros_left_on_circle", json_integer(repair.on_circle)},
                    {"relative_change", json_number(repair.reflection.change)},
                    {"modulus_error", json_number(layer.modulus_error)},
                    {"modulus_error_before_rounding", json_number(repair.reflection.modulus_error)},
                    {"rounding", json_number(layer.rounding)},
                    {"truncated", json_number(repair.reflection.truncated)}});
}

std::string json_effects(const RepairReport& report) {
  const RepairEffects& effects = *report.effects;
  std::vector<std::string> layers;
  for (const RepairEffect& effect : effects.layers)
    layers.push_back(json_line({{"repaired", effect.layer.empty() ? "null" : json_string(effect.layer)},
                                {"loss", json_number(effect.loss)},
                                {"difference", json_number(effect.difference)},
                                {"standard_error", json_number(effect.standard_error)}}));
  return json_object({{"status", json_string("numerical")},
                      {"tokens", json_string(report.tokens)},
                      {"objective", json_string(model::name(report.objective))},
                      {"precision", json_string(report.precision)},
                      {"sequences", json_integer(effects.sequences)},
                      {"length", json_integer(effects.length)},
                      {"counted", json_integer(effects.counted)},
                      {"loss_before", json_number(effects.loss)},
                      {"standard_error", json_number(effects.standard_error)},
                      {"loss_after", json_array(layers, 3)}},
                     2);
}

}  // namespace

std::vector<std::string> repair_cells(const RepairedLayer& layer) {
  const analysis::Repair& repair = layer.repair;
  return {index_in_words(repair.before),
          index_in_words(layer.after),
          std::to_string(repair.outward),
          std::to_string(repair.inward),
          std::to_string(repair.on_circle),
          layer.changed() ? fmt::format("{:.3f}", repair.reflection.change) : "-",
          layer.changed() ? fmt::format("{:.1e}", layer.modulus_error) : "-"};
}

std::vector<std::string> effect_cells(const RepairEffect& effect) {
  return {decimals(effect.loss, false), decimals(effect.difference, true),
          decimals(effect.standard_error, false)};
}

std::string loss_before(const RepairEffects& effects) {
  const std::string loss = decimals(effects.loss, false);
  return std::isfinite(effects.standard_error) ? loss + " ± " + decimals(effects.standard_error, false)
                                               : loss;
}

std::string repair_table(const RepairReport& report) {
  std::string table = fmt::format(
      "file      {}\nwritten   {}\nrepaired  {}: {} of {} operators changed\n\n",
      model::printable(report.file), model::printable(report.output), analysis::name(report.target),
      std::ranges::count_if(report.layers, &RepairedLayer::changed), report.operators);
  table += layers_table(report) + explanation();
  if (report.effects) table += effects_table(report);
  for (const std::string& warning : report.warnings) table += wrap("! " + model::printable(warning), 80, 2);
  return table;
}

std::string repair_json(const RepairReport& report) {
  std::vector<std::string> layers;
  for (const RepairedLayer& layer : report.layers) layers.push_back(json_layer(layer));
  JsonMembers members{{"schema_version", "1"},
                      {"command", json_string("repair")},
                      {"file", json_string(report.file)},
                      {"sha256", json_string(report.sha256)},
                      {"output", json_string(report.output)},
                      {"to", json_string(analysis::name(report.target))}};
  if (report.target.kind == analysis::RepairTarget::Kind::random)
    members.emplace_back("seed", json_integer(report.target.seed));
  members.emplace_back("operators", json_integer(report.operators));
  members.emplace_back("layers", json_array(layers, 2));
  if (report.effects) members.emplace_back("effects", json_effects(report));
  if (!report.warnings.empty()) members.emplace_back("warnings", strings_json(report.warnings, 2));
  return json_object(members, 1) + "\n";
}

}  // namespace tmm::io
