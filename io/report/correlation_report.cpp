// SPDX-License-Identifier: MIT
#include "io/report/correlation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "analysis/statistics/summary.hpp"
#include "io/json/json_text.hpp"
#include "io/report/text_layout.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

const double unknown = std::numeric_limits<double>::quiet_NaN();

CorrelationRow row_of(const std::vector<CorrelatedModel>& models, std::size_t measure,
                      const std::string& outcome) {
  std::vector<double> x, y;
  for (const CorrelatedModel& model : models) {
    const auto found = model.outcomes.find(outcome);
    if (found == model.outcomes.end() || std::isnan(found->second) || std::isnan(model.measures[measure]))
      continue;
    x.push_back(model.measures[measure]);
    y.push_back(found->second);
  }
  return {measure, outcome, x.size(), analysis::spearman(x, y), unknown};
}

/// Holm's step-down adjustment over the rows with a p-value.
void adjust(std::vector<CorrelationRow>& rows) {
  std::vector<CorrelationRow*> order;
  for (CorrelationRow& row : rows)
    if (row.correlation) order.push_back(&row);
  std::ranges::stable_sort(order, {}, [](const CorrelationRow* row) { return row->correlation->p_value; });
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest,
                       std::min(1.0, static_cast<double>(order.size() - i) * order[i]->correlation->p_value));
    order[i]->adjusted_p_value = largest;
  }
}

std::string p_text(double p) {
  return p >= 0.001 ? fmt::format("{:.3f}", p) : fmt::format("{:.0e}", p);
}

std::string interval_text(const analysis::Spearman& s) {
  return s.lower ? fmt::format("{:+.2f} … {:+.2f}", *s.lower, *s.upper) : "-";
}

/// Why a row has no number.
std::string reason(const CorrelationRow& row) {
  return row.count < analysis::fewest_correlated
             ? fmt::format("fewer than {} models have both", analysis::fewest_correlated)
             : "all models have the same value";
}

std::string row_json(const CorrelationRow& row) {
  JsonMembers members{{"measure", json_string(correlated_measures[row.measure])},
                      {"outcome", json_string(row.outcome)},
                      {"count", std::to_string(row.count)}};
  const auto& s = row.correlation;
  const auto bound = [](const std::optional<double>& value) { return value ? json_number(*value) : "null"; };
  members.emplace_back("rho", s ? json_number(s->rho) : "null");
  members.emplace_back("p_value", s ? json_number(s->p_value) : "null");
  members.emplace_back("adjusted_p_value", s ? json_number(row.adjusted_p_value) : "null");
  members.emplace_back("lower", s ? bound(s->lower) : "null");
  members.emplace_back("upper", s ? bound(s->upper) : "null");
  members.emplace_back("method", !s         ? json_string(reason(row))
                                 : s->exact ? "\"Spearman, exact permutation distribution\""
                                            : "\"Spearman, Student's t\"");
  return json_line(members);
}

std::string model_json(const CorrelatedModel& model) {
  JsonMembers outcomes;
  for (const auto& [name, value] : model.outcomes) outcomes.emplace_back(name, json_number(value));
  return json_line({{"name", json_string(model.name)},
                    {"group", json_string(model.group)},
                    {"measures", json_list(std::span<const double>(model.measures))},
                    {"outcomes", json_line(outcomes)}});
}

}  // namespace

std::array<double, correlated_measures.size()> medians(
    const std::vector<analysis::OperatorReport>& operators) {
  std::array<double, correlated_measures.size()> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto median = analysis::median(operators, correlated_measures[i]);
    values[i] = median ? median->value : unknown;
  }
  return values;
}

CorrelationReport correlate(std::vector<CorrelatedModel> models) {
  CorrelationReport report;
  std::map<std::string, std::size_t> outcomes;
  for (const CorrelatedModel& model : models)
    for (const auto& [name, value] : model.outcomes) ++outcomes[name];
  for (const auto& [outcome, count] : outcomes)
    for (std::size_t measure = 0; count > 1 && measure < correlated_measures.size(); ++measure)
      report.rows.push_back(row_of(models, measure, outcome));
  adjust(report.rows);
  report.models = std::move(models);
  return report;
}

std::string correlation_table(const CorrelationReport& report, std::size_t width) {
  if (report.rows.empty()) return "";
  std::vector<TextColumn> columns{{{"", "outcome"}, true, {}},        {{"", "measure"}, true, {}},
                                  {{"", "models"}, false, {}},        {{"Spearman's", "rho"}, false, {}},
                                  {{"", "95 % interval"}, false, {}}, {{"", "p"}, false, {}},
                                  {{"Holm's", "p"}, false, {}}};
  std::set<std::string> reasons;
  for (const CorrelationRow& row : report.rows) {
    columns[0].cells.push_back(shorten_middle(model::printable(row.outcome), 24));
    columns[1].cells.emplace_back(correlated_measures[row.measure]);
    columns[2].cells.push_back(std::to_string(row.count));
    const auto& s = row.correlation;
    columns[3].cells.push_back(s ? fmt::format("{:+.2f}", s->rho) : "-");
    columns[4].cells.push_back(s ? interval_text(*s) : "-");
    columns[5].cells.push_back(s ? p_text(s->p_value) : "-");
    columns[6].cells.push_back(s ? p_text(row.adjusted_p_value) : "-");
    if (!s) reasons.insert(reason(row));
  }
  std::string text = "measures of models (medians over operators) against what the models can do\n";
  for (const std::string& line : layout_columns(columns, layout_width(columns) > width ? 1 : 2))
    text += line + "\n";
  std::string note =
      "rho: rank correlation over models; p: two-sided, over all pairings up to nine models, else Student's "
      "t; interval: Fisher's z with the standard error of Bonett and Wright, none at |rho| = 1; Holm's p: "
      "over all rows";
  for (const std::string& words : reasons) note += "; -: " + words;
  return text + wrap(note, width, 2);
}

std::string correlation_json(const CorrelationReport& report, int depth) {
  std::vector<std::string> models, rows;
  std::string measures;
  for (const std::string_view id : correlated_measures)
    measures += (measures.empty() ? "" : ", ") + json_string(id);
  for (const CorrelatedModel& model : report.models) models.push_back(model_json(model));
  for (const CorrelationRow& row : report.rows) rows.push_back(row_json(row));
  return json_object({{"measures", "[" + measures + "]"},
                      {"models", json_array(models, depth + 1)},
                      {"correlations", json_array(rows, depth + 1)}},
                     depth);
}

}  // namespace tmm::io
