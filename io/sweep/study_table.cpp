// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "io/report/text_layout.hpp"
#include "io/sweep/study_report.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

using analysis::Distribution;

constexpr std::size_t most_step_rows = 12;

std::string cell(const std::optional<Distribution>& d) {
  return d ? range_text(*d) : "-";
}

std::string loss_cell(const std::optional<Distribution>& d) {
  if (!d) return "-";
  if (d->count == 1) return fmt::format("{:.4g}", d->median);
  return fmt::format("{:.4g} ({:.4g} … {:.4g})", d->median, d->minimum, d->maximum);
}

/// `first` with as many of the other columns beside it as the width allows, then it again with the next ones.
std::string in_blocks(const TextColumn& first, const std::vector<TextColumn>& others, std::size_t width) {
  std::string text;
  for (std::size_t i = 0; i < others.size();) {
    std::vector<TextColumn> columns{first};
    do columns.push_back(others[i++]);
    while (i < others.size() && [&] {
      std::vector<TextColumn> wider = columns;
      wider.push_back(others[i]);
      return layout_width(wider) <= width;
    }());
    if (!text.empty()) text += "\n";
    for (const std::string& line : layout_columns(columns)) text += line + "\n";
  }
  return text;
}

std::string shown_name(const std::string& name) {
  return shorten_middle(model::printable(name), 24);
}

std::string summary_table(const StudyReport& report, const StudyGrouping& grouping, std::size_t width) {
  TextColumn first{{"", shown_name(grouping.name)}, true, {}};
  const std::set<std::string> losses = [&] {
    std::set<std::string> names;
    for (const StudyModel& model : report.models) names.insert(model.metrics.loss_name());
    return names;
  }();
  const std::string loss = losses.size() == 1 ? *losses.begin() : "last loss";
  std::vector<TextColumn> columns{
      {{"", "models"}, false, {}}, {{loss, "at the end"}, false, {}}, {{"N/(n-1)", "at the end"}, false, {}}};
  for (const StudyGroup& group : grouping.groups) {
    first.cells.push_back(shown_name(group.name));
    columns[0].cells.push_back(std::to_string(group.models.size()));
    columns[1].cells.push_back(loss_cell(end_loss(report, group)));
    columns[2].cells.push_back(cell(end_fraction(report, group, "")));
  }
  return in_blocks(first, columns, width);
}

/// A column for every group, its cells from `cell_of` for every row.
template <class Row>
std::string by_group(const StudyGrouping& grouping, const char* heading, bool left,
                     const std::vector<Row>& rows, std::size_t width,
                     const std::function<std::string(const StudyGroup&, const Row&)>& cell_of) {
  TextColumn first{{"", heading}, left, {}};
  for (const Row& row : rows) first.cells.push_back(fmt::format("{}", row));
  std::vector<TextColumn> columns;
  for (const StudyGroup& group : grouping.groups) {
    columns.push_back({{"N/(n-1)", shown_name(group.name)}, false, {}});
    for (const Row& row : rows) columns.back().cells.push_back(cell_of(group, row));
  }
  // Attention and dense matrices have no index.
  std::erase_if(columns, [](const TextColumn& column) {
    return std::ranges::all_of(column.cells, [](const std::string& text) { return text == "-"; });
  });
  return in_blocks(first, columns, width);
}

std::string layer_table(const StudyReport& report, const StudyGrouping& grouping, std::size_t width) {
  std::vector<std::string> layers;
  for (const StudyGroup& group : grouping.groups)
    for (const std::string& layer : layers_of(report, group))
      if (std::ranges::find(layers, layer) == layers.end()) layers.push_back(layer);
  if (std::ranges::none_of(layers, [&](const std::string& layer) {
        return std::ranges::any_of(grouping.groups, [&](const StudyGroup& group) {
          return end_fraction(report, group, layer).has_value();
        });
      }))
    return "";
  return "\nN/(n-1) by layer: median over models (least … largest)\n" +
         by_group<std::string>(grouping, "layer", true, layers, width,
                               [&](const StudyGroup& group, const std::string& layer) {
                                 return cell(end_fraction(report, group, layer));
                               });
}

std::string step_table(const StudyReport& report, const StudyGrouping& grouping, std::size_t width) {
  std::set<std::uint64_t> all;
  for (const StudyGroup& group : grouping.groups)
    for (const std::uint64_t step : steps_of(report, group)) all.insert(step);
  const bool any = std::ranges::any_of(grouping.groups, [&](const StudyGroup& group) {
    return std::ranges::any_of(
        all, [&](std::uint64_t step) { return step_fraction(report, group, "", step).has_value(); });
  });
  if (all.size() < 2 || !any) return "";
  const std::vector<std::uint64_t> steps(all.begin(), all.end());
  std::vector<std::uint64_t> shown;
  const std::size_t rows = std::min(steps.size(), most_step_rows);
  for (std::size_t i = 0; i < rows; ++i) shown.push_back(steps[i * (steps.size() - 1) / (rows - 1)]);
  return "\nN/(n-1) by step: median over models of medians over layers (least … largest)\n" +
         by_group<std::uint64_t>(grouping, "step", false, shown, width,
                                 [&](const StudyGroup& group, std::uint64_t step) {
                                   return cell(step_fraction(report, group, "", step));
                                 });
}

std::string pairs_table(const StudyGrouping& grouping, const TableStyle& style) {
  std::string text;
  for (const StudyPair& pair : grouping.pairs)
    text += fmt::format("\n{} against {}\n", model::printable(grouping.groups[pair.a].name),
                        model::printable(grouping.groups[pair.b].name)) +
            comparison_statistics(pair.comparison, style);
  return text;
}

}  // namespace

std::string study_table(const StudyReport& report, const TableStyle& style) {
  const auto width = static_cast<std::size_t>(style.width);
  std::string text;
  const ComparisonReport* compared = nullptr;
  for (const StudyGrouping& grouping : report.groupings) {
    if (!text.empty()) text += "\n";
    text += fmt::format("== {} ==\n", model::printable(grouping.name)) +
            summary_table(report, grouping, width) + layer_table(report, grouping, width) +
            step_table(report, grouping, width) + pairs_table(grouping, style);
    if (!grouping.pairs.empty()) compared = &grouping.pairs.front().comparison;
  }
  for (const std::string& part :
       {cost_table(report.costs, width), correlation_table(report.correlations, width)})
    if (!part.empty()) text += "\n" + part;
  text += "\n";
  for (const auto& [name, reason] : report.missing)
    text += wrap(fmt::format("! {} has no result: {}", name, model::printable(reason)), width, 2);
  for (const std::string& warning : report.warnings) text += wrap("! " + warning, width, 2);
  if (compared != nullptr) text += comparison_legend(*compared, style);
  return text;
}

}  // namespace tmm::io
