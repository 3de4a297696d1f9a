// SPDX-License-Identifier: MIT
#include "io/report/evaluation/repair_page.hpp"

#include <algorithm>
#include <vector>

#include "io/json/json_text.hpp"
#include "io/report/report_html.hpp"

namespace tmm::io {
namespace {

std::string effects_json(const RepairEffects& effects) {
  std::vector<std::string> rows;
  for (const RepairEffect& effect : effects.layers) rows.push_back(json_list(effect_cells(effect)));
  return json_line({{"before", json_string(loss_before(effects))}, {"rows", json_array(rows, 2)}});
}

}  // namespace

std::string repair_html(const RepairReport& report, const std::string& program_version) {
  std::vector<std::string> layers, changed;
  for (const RepairedLayer& layer : report.layers) {
    layers.push_back(json_list(repair_cells(layer)));
    changed.emplace_back(layer.changed() ? "true" : "false");
  }
  JsonMembers shown{{"program", json_line({{"name", "\"tmm\""}, {"version", json_string(program_version)}})},
                    {"layers", json_array(layers, 2)},
                    {"changed", json_array(changed, 2)}};
  if (report.effects) shown.emplace_back("effects", effects_json(*report.effects));
  return page_html({{"repair", repair_json(report)}, {"shown", json_object(shown, 1)}});
}

}  // namespace tmm::io
