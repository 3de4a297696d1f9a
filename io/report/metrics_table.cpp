// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/statistics/comparison.hpp"
#include "io/json/json_text.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/metrics_page.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t most_rows = 24, width = 80;

using Column = std::pair<std::string, std::vector<double>>;

const Column* find(const MetricsTable& metrics, const std::string& name) {
  const auto column = std::ranges::find(metrics.columns, name, &Column::first);
  return column == metrics.columns.end() ? nullptr : &*column;
}

std::string cell(const std::string& column, double value) {
  if (std::isnan(value)) return "";
  return column == "step" ? fmt::format("{:.0f}", value) : format_shortest(value);
}

/// The last number of `column` up to `row`.
std::string latest(const Column& column, std::size_t row) {
  for (std::size_t i = row + 1; i-- > 0;)
    if (!std::isnan(column.second[i])) return fmt::format("{:.4g}", column.second[i]);
  return "-";
}

/// Median and range of the winding numbers of a row, and how many are not proven.
struct Indices {
  std::optional<analysis::Distribution> known;
  std::size_t unknown = 0;
};

Indices indices_of(const std::vector<const Column*>& windings, std::size_t row) {
  std::vector<double> values;
  for (const Column* column : windings)
    if (const double value = column->second[row]; !std::isnan(value)) values.push_back(value);
  Indices indices{std::nullopt, windings.size() - values.size()};
  if (!values.empty()) indices.known = analysis::Distribution::of(std::move(values));
  return indices;
}

}  // namespace

std::string metrics_csv(const MetricsTable& metrics) {
  std::string remarks;
  for (const std::string& text : metrics.remarks) remarks += (remarks.empty() ? "" : " ") + text;
  std::string csv;
  for (const Column& column : metrics.columns) csv += (csv.empty() ? "" : ",") + csv_field(column.first);
  csv += remarks.empty() ? "\n" : ",remarks\n";
  for (std::size_t row = 0; row < metrics.columns.front().second.size(); ++row) {
    std::string line;
    for (const Column& column : metrics.columns)
      line += (&column == &metrics.columns.front() ? "" : ",") + cell(column.first, column.second[row]);
    csv += line + (remarks.empty() ? "" : "," + csv_field(remarks)) + "\n";
  }
  return csv;
}

std::string metrics_text(const MetricsTable& metrics) {
  std::vector<const Column*> windings;
  for (const Column& column : metrics.columns)
    if (column.first.starts_with("winding_")) windings.push_back(&column);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < metrics.columns.front().second.size(); ++row)
    if (windings.empty() || indices_of(windings, row).known) rows.push_back(row);
  std::vector<TextColumn> columns{{{"", "step"}, false, {}}};
  std::vector<const Column*> losses;
  for (const auto& [name, words] :
       {std::pair{"train_loss", "train"}, std::pair{"validation_loss", "validation"}})
    if (const Column* column = find(metrics, name)) {
      losses.push_back(column);
      columns.push_back({{"loss,", words}, false, {}});
    }
  columns.push_back({{"median", "N"}, false, {}});
  columns.push_back({{"least …", "largest"}, false, {}});
  columns.push_back({{"not", "proven"}, false, {}});
  const std::size_t count = std::min(rows.size(), most_rows);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = rows[count == 1 ? 0 : i * (rows.size() - 1) / (count - 1)];
    std::size_t next = 0;
    columns[next++].cells.push_back(cell("step", find(metrics, "step")->second[row]));
    for (const Column* loss : losses) columns[next++].cells.push_back(latest(*loss, row));
    const Indices indices = indices_of(windings, row);
    const auto& known = indices.known;
    columns[next++].cells.push_back(known ? fmt::format("{:.4g}", known->median) : "-");
    columns[next++].cells.push_back(known ? fmt::format("{:.0f} … {:.0f}", known->minimum, known->maximum)
                                          : "-");
    columns[next++].cells.push_back(std::to_string(indices.unknown));
  }
  std::string text = shorten_middle(model::printable(metrics.file), width) + "\n\n";
  for (const std::string& line : layout_columns(columns)) text += line + "\n";
  if (!metrics.remarks.empty()) text += "\n";
  for (const std::string& remark : metrics.remarks) text += wrap("! " + model::printable(remark), width, 2);
  text +=
      "\n" + wrap(fmt::format("N: winding numbers of {} operators, certified. Losses: the latest logged up "
                              "to the step. -o x.csv has every step and measure, -o x.html draws them.",
                              windings.size()),
                  width, 2);
  return text;
}

}  // namespace tmm::io
