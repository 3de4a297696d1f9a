// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>

#include "io/json/json_text.hpp"
#include "io/report/comparison_report.hpp"

namespace tmm::io {
namespace {

using analysis::Distribution, analysis::GroupSample, analysis::MannWhitney, analysis::MeasureComparison;

std::string distribution_json(const std::optional<Distribution>& d) {
  if (!d) return "null";
  JsonMembers members{{"count", json_integer(d->count)}};
  append_number(members, "minimum", d->minimum);
  append_number(members, "lower_quartile", d->lower_quartile);
  append_number(members, "median", d->median);
  append_number(members, "upper_quartile", d->upper_quartile);
  append_number(members, "maximum", d->maximum);
  return json_line(members);
}

std::string sample_json(const GroupSample& sample, int depth) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    JsonMembers members{{"model", json_integer(sample.model[i])}, {"layer", json_string(sample.layer[i])}};
    append_number(members, "value", sample.values[i]);
    members.emplace_back("error", json_number(sample.error[i]));
    values.push_back(json_line(members));
  }
  return json_object({{"not_numbers", json_integer(sample.not_numbers)},
                      {"distribution", distribution_json(sample.distribution)},
                      {"median_error", json_number(sample.median_error)},
                      {"values", json_array(values, depth + 1)}},
                     depth);
}

std::string test_json(const std::optional<MannWhitney>& test) {
  if (!test) return "null";
  return json_line({{"u", json_number(test->u)},
                    {"p_value", json_number(test->p_value)},
                    {"method", test->exact ? "\"exact permutation distribution\""
                                           : "\"normal approximation, tie and continuity correction\""}});
}

std::string measure_json(const MeasureComparison& measure, double confidence, int depth) {
  std::vector<std::string> layers;
  for (const analysis::LayerComparison& layer : measure.layers)
    layers.push_back(json_line({{"layer", json_string(layer.layer)},
                                {"a", distribution_json(layer.a)},
                                {"b", distribution_json(layer.b)}}));
  return json_object(
      {{"id", json_string(measure.id)},
       {"mann_whitney_operators", test_json(measure.by_operator)},
       {"adjusted_p_value", json_number(measure.adjusted_p_value)},
       {"mann_whitney_models", test_json(measure.by_model)},
       {"cliffs_delta", json_line({{"value", json_number(measure.effect.delta)},
                                   {"lower", json_number(measure.effect.lower)},
                                   {"upper", json_number(measure.effect.upper)},
                                   {"confidence", json_number(confidence)},
                                   {"bootstrap", measure.effect.two_stage ? "\"models, then operators\""
                                                                          : "\"operators\""}})},
       {"unresolved_pairs", json_integer(measure.unresolved_pairs)},
       {"a", sample_json(measure.a, depth + 1)},
       {"b", sample_json(measure.b, depth + 1)},
       {"layers", json_array(layers, depth + 1)}},
      depth);
}

std::string traced_json(const analysis::TracedIndex& index) {
  const auto& w = index.winding;
  const bool certified = w.status == analysis::IndexStatus::certified;
  return json_line({{"layer", json_string(index.layer)},
                    {"n", json_integer(index.n)},
                    {"status", json_string(name(w.status))},
                    {"winding_number", certified ? json_integer(w.number) : "null"},
                    {"winding_fraction", json_number(index.fraction())},
                    {"margin", certified ? json_number(w.margin) : "null"}});
}

std::string trajectory_json(const analysis::Trajectory& trajectory, int depth) {
  std::vector<std::string> points;
  for (const auto& point : trajectory.points) {
    std::vector<std::string> operators;
    for (const analysis::TracedIndex& index : point.operators) operators.push_back(traced_json(index));
    points.push_back(json_object(
        {{"step", json_integer(point.step)}, {"operators", json_array(operators, depth + 3)}}, depth + 2));
  }
  JsonMembers members{{"file", json_string(trajectory.label)}, {"points", json_array(points, depth + 1)}};
  JsonMembers logged;
  for (const auto& [name, values] : trajectory.logged) {
    std::string list;
    for (const auto& [step, value] : values)
      list += (list.empty() ? "[" : ", [") + json_integer(step) + ", " + json_number(value) + "]";
    logged.emplace_back(name, "[" + list + "]");
  }
  if (!logged.empty()) members.emplace_back("logged", json_object(logged, depth + 1));
  return json_object(members, depth);
}

std::string group_json(const ComparisonGroup& group, int depth) {
  std::vector<std::string> models, trajectories;
  for (const ModelReport& model : group.models) {
    JsonMembers members{{"file", json_string(model.file)},
                        {"sha256", json_string(model.sha256)},
                        {"architecture", json_string(model.architecture)},
                        {"operators", json_integer(model.operators.size())}};
    std::vector<std::string> warnings;
    for (const std::string& warning : model.warnings) warnings.push_back(json_string(warning));
    if (!warnings.empty()) members.emplace_back("warnings", json_array(warnings, depth + 2));
    models.push_back(json_line(members));
  }
  for (const analysis::Trajectory& trajectory : group.trajectories)
    trajectories.push_back(trajectory_json(trajectory, depth + 2));
  return json_object({{"name", json_string(group.name)},
                      {"models", json_array(models, depth + 1)},
                      {"trajectories", json_array(trajectories, depth + 1)}},
                     depth);
}

std::string csv_number(double value) {
  return std::isnan(value) ? std::string() : format_shortest(value);
}

}  // namespace

std::string comparison_json(const ComparisonReport& report) {
  const analysis::ComparisonOptions& options = report.comparison.options;
  JsonMembers libraries;
  for (const auto& [name, version] : report.libraries) libraries.emplace_back(name, json_string(version));
  std::vector<std::string> measures, warnings, adjusted, beyond;
  for (const auto& [id, operators] : report.comparison.not_compared)
    beyond.push_back(
        json_line({{"id", json_string(id)}, {"operators_beyond_double", json_integer(operators)}}));
  for (const MeasureComparison& measure : report.comparison.measures)
    if (!std::isnan(measure.adjusted_p_value)) adjusted.push_back(json_string(measure.id));
  for (const MeasureComparison& measure : report.comparison.measures)
    measures.push_back(measure_json(measure, options.confidence, 3));
  for (const std::string& warning : report.comparison.warnings) warnings.push_back(json_string(warning));
  JsonMembers members{
      {"schema", "\"tmm.comparison\""},
      {"schema_version", json_integer(report_schema_version)},
      {"program", json_line({{"name", "\"tmm\""},
                             {"version", json_string(report.program_version)},
                             {"libraries", json_line(libraries)}})},
      {"conventions", json_object({{"cliffs_delta", "\"P(A > B) - P(A < B) over pairs of operators\""},
                                   {"p_value", "\"two-sided Mann-Whitney test\""},
                                   {"adjusted_p_value", "\"Holm, over options.adjusted_measures\""},
                                   {"winding_fraction", "\"N/(n-1)\""}},
                                  2)},
      {"options", json_line({{"resamples", json_integer(options.resamples)},
                             {"confidence", json_number(options.confidence)},
                             {"seed", json_integer(options.seed)},
                             {"adjusted_measures", fmt::format("[{}]", fmt::join(adjusted, ", "))}})},
      {"a", group_json(report.a, 2)},
      {"b", group_json(report.b, 2)},
      {"measures", json_array(measures, 2)},
      {"not_compared", json_array(beyond, 2)},
      {"warnings", json_array(warnings, 2)}};
  if (has_costs(report.costs)) members.emplace_back("costs", cost_json(report.costs, 2));
  if (!report.correlations.rows.empty())
    members.emplace_back("correlations", correlation_json(report.correlations, 2));
  return json_object(members, 1) + "\n";
}

std::string comparison_csv(const ComparisonReport& report) {
  std::string warnings;
  for (const ComparisonGroup* group : {&report.a, &report.b})
    for (const std::string& warning : group->warnings) warnings += (warnings.empty() ? "" : " ") + warning;
  const std::string end = (warnings.empty() ? "" : "," + csv_field(warnings)) + "\n";
  std::string text =
      "measure,count_a,count_b,not_numbers_a,not_numbers_b,median_a,median_b,lower_quartile_a,"
      "upper_quartile_a,lower_quartile_b,upper_quartile_b,mann_whitney_u,p_value_operators,p_value_exact,"
      "p_value_adjusted,p_value_models,cliffs_delta,delta_lower,delta_upper,unresolved_pairs";
  text += warnings.empty() ? "\n" : ",warnings\n";
  for (const MeasureComparison& m : report.comparison.measures) {
    const Distribution &a = m.a.distribution, &b = m.b.distribution;
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}{}", m.id, a.count,
                        b.count, m.a.not_numbers, m.b.not_numbers, csv_number(a.median), csv_number(b.median),
                        csv_number(a.lower_quartile), csv_number(a.upper_quartile),
                        csv_number(b.lower_quartile), csv_number(b.upper_quartile),
                        csv_number(m.by_operator.u), csv_number(m.by_operator.p_value),
                        m.by_operator.exact ? 1 : 0, csv_number(m.adjusted_p_value),
                        m.by_model ? csv_number(m.by_model->p_value) : "", csv_number(m.effect.delta),
                        csv_number(m.effect.lower), csv_number(m.effect.upper), m.unresolved_pairs, end);
  }
  return text;
}

}  // namespace tmm::io
