// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <cmath>

#include "io/json/json_text.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/report_html.hpp"
#include "io/run/training_metrics.hpp"
#include "io/sweep/study_report.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

using analysis::MannWhitney;

template <class Integers>
std::string integers_json(const Integers& values) {
  return fmt::format("[{}]", fmt::join(values, ","));
}

std::string losses_json(const std::map<std::uint64_t, double>& losses) {
  std::string list;
  for (const auto& [step, loss] : losses)
    list += fmt::format("{}[{},{}]", list.empty() ? "" : ",", step, json_number(loss));
  return "[" + list + "]";
}

/// Numbers of an operator: label, weights, N at the end, at every recorded step; null where it is not proven.
std::string layer_json(const StudyModel& model, const analysis::OperatorReport& op) {
  const std::string label = model::layer_label(op.layer);
  const bool proven = op.winding.status == analysis::IndexStatus::certified;
  std::string numbers;
  for (std::size_t k = 0; k < model.metrics.layers.size(); ++k) {
    if (model.metrics.layers[k] != label) continue;
    for (const double number : model.metrics.windings[k])
      numbers +=
          (numbers.empty() ? "" : ",") + (std::isfinite(number) ? fmt::format("{:.0f}", number) : "null");
  }
  return json_line({{"label", json_string(label)},
                    {"n", std::to_string(model::order(op.layer))},
                    {"end", proven ? std::to_string(op.winding.number) : "null"},
                    {"numbers", "[" + numbers + "]"}});
}

std::string model_json(const StudyModel& model) {
  std::vector<std::string> layers;
  for (const analysis::OperatorReport& op : model.report.operators) layers.push_back(layer_json(model, op));
  return json_object({{"name", json_string(model.name)},
                      {"values", integers_json(model.values)},
                      {"file", json_string(model.report.file)},
                      {"sha256", json_string(model.report.sha256)},
                      {"architecture", json_string(model.report.architecture)},
                      {"warnings", json_list(model.report.warnings)},
                      {"steps", integers_json(model.metrics.steps)},
                      {"train_loss", losses_json(model.metrics.train_loss)},
                      {"validation_loss", losses_json(model.metrics.validation_loss)},
                      {"layers", json_array(layers, 4)}},
                     3);
}

std::string p_json(const std::optional<MannWhitney>& test) {
  return test ? json_number(test->p_value) : "null";
}

std::string pair_json(const StudyPair& pair) {
  std::vector<std::string> measures;
  for (const analysis::MeasureComparison& m : pair.comparison.comparison.measures) {
    JsonMembers members{{"id", json_string(m.id)},
                        {"a", json_string(format_number(m.a.distribution.median, m.a.median_error))},
                        {"b", json_string(format_number(m.b.distribution.median, m.b.median_error))},
                        {"delta", json_number(m.effect.delta)},
                        {"lower", json_number(m.effect.lower)},
                        {"upper", json_number(m.effect.upper)},
                        {"p_operators", p_json(m.by_operator)},
                        {"holm", json_number(m.adjusted_p_value)},
                        {"p_models", p_json(m.by_model)},
                        {"unresolved_pairs", std::to_string(m.unresolved_pairs)}};
    measures.push_back(json_line(members));
  }
  return json_object({{"a", std::to_string(pair.a)},
                      {"b", std::to_string(pair.b)},
                      {"shown", json_list(pair.comparison.shown)},
                      {"warnings", json_list(pair.comparison.comparison.warnings)},
                      {"measures", json_array(measures, 6)}},
                     5);
}

std::string grouping_json(const StudyGrouping& grouping) {
  std::vector<std::string> groups, pairs;
  for (const StudyGroup& group : grouping.groups)
    groups.push_back(json_line({{"name", json_string(group.name)}, {"models", integers_json(group.models)}}));
  for (const StudyPair& pair : grouping.pairs) pairs.push_back(pair_json(pair));
  return json_object({{"name", json_string(grouping.name)},
                      {"groups", json_array(groups, 4)},
                      {"pairs", json_array(pairs, 4)}},
                     3);
}

std::string study_json(const StudyReport& report) {
  JsonMembers program{{"name", "\"tmm\""}, {"version", json_string(report.program_version)}}, libraries;
  for (const auto& [name, version] : report.libraries) libraries.emplace_back(name, json_string(version));
  program.emplace_back("libraries", json_line(libraries));
  std::vector<std::string> axes, models, groupings, missing;
  for (const SweepAxis& axis : report.axes)
    axes.push_back(json_line({{"name", json_string(axis.name)}, {"values", json_list(axis.values)}}));
  for (const StudyModel& model : report.models) models.push_back(model_json(model));
  for (const StudyGrouping& grouping : report.groupings) groupings.push_back(grouping_json(grouping));
  for (const auto& [name, reason] : report.missing)
    missing.push_back(json_line({{"name", json_string(name)}, {"reason", json_string(reason)}}));
  return json_object({{"program", json_line(program)},
                      {"file", json_string(report.source)},
                      {"axes", json_array(axes, 2)},
                      {"groupings", json_array(groupings, 2)},
                      {"models", json_array(models, 2)},
                      {"missing", json_array(missing, 2)},
                      {"warnings", json_list(report.warnings)}},
                     1);
}

/// Run by name, as the tables of cost have it.
const analysis::CostRun* costs_of(const StudyReport& report, const std::string& name) {
  for (const CostPart& part : report.costs.parts)
    for (const analysis::CostGroup& group : part.groups)
      for (const analysis::CostRun& run : group.runs)
        if (run.name == name) return &run;
  return nullptr;
}

std::string cost_fields(const StudyReport& report, const std::string& name) {
  const analysis::CostRun* run = costs_of(report, name);
  if (run == nullptr) return ",,,,";
  std::string text = "," + format_shortest(run->parameters);
  const auto field = [&](double analysis::CostPoint::*cost) {
    const bool known = !run->points.empty() && std::isfinite(run->points.back().*cost);
    text += "," + (known ? format_shortest(run->points.back().*cost) : "");
  };
  for (const auto cost :
       {&analysis::CostPoint::flops, &analysis::CostPoint::seconds, &analysis::CostPoint::peak_bytes})
    field(cost);
  return text;
}

std::string last(const std::map<std::uint64_t, double>& losses) {
  return losses.empty() ? "" : format_shortest(losses.rbegin()->second);
}

}  // namespace

std::string study_csv(const StudyReport& report) {
  std::vector<std::string> labels = layers_of(report, [&] {
    StudyGroup all;
    for (std::size_t i = 0; i < report.models.size(); ++i) all.models.push_back(i);
    return all;
  }());
  std::string text = "run";
  for (const SweepAxis& axis : report.axes) text += "," + csv_field(axis.name);
  text += ",train_loss,validation_loss";
  for (const std::string& label : labels) text += "," + csv_field("winding_" + label);
  const bool costs = has_costs(report.costs);
  text += costs ? ",parameters,flops,seconds,peak_bytes\n" : "\n";
  for (const StudyModel& model : report.models) {
    text += csv_field(model.name);
    for (std::size_t k = 0; k < report.axes.size(); ++k)
      text += "," + csv_field(report.axes[k].values[model.values[k]]);
    text += "," + last(model.metrics.train_loss) + "," + last(model.metrics.validation_loss);
    for (const std::string& label : labels) {
      text += ",";
      for (const analysis::OperatorReport& op : model.report.operators)
        if (model::layer_label(op.layer) == label) text += winding_text(op.winding);
    }
    text += (costs ? cost_fields(report, model.name) : "") + "\n";
  }
  return text;
}

std::string study_results_json(const StudyReport& report) {
  return json_object({{"schema", "\"tmm.study\""},
                      {"schema_version", "1"},
                      {"program_version", json_string(report.program_version)},
                      {"file", json_string(report.source)},
                      {"costs", cost_json(report.costs, 2)},
                      {"correlations", correlation_json(report.correlations, 2)}},
                     1) +
         "\n";
}

std::string study_html(const StudyReport& report) {
  std::vector<std::pair<std::string, std::string>> data{{"study", study_json(report)}};
  if (has_costs(report.costs)) data.emplace_back("costs", cost_json(report.costs, 1));
  if (!report.correlations.rows.empty())
    data.emplace_back("correlations", correlation_json(report.correlations, 1));
  return page_html(data);
}

}  // namespace tmm::io
