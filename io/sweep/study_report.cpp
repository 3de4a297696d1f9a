// SPDX-License-Identifier: MIT
#include "io/sweep/study_report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/statistics/summary.hpp"
#include "io/report/library_versions.hpp"
#include "io/run/recorded_run.hpp"
#include "io/study/compare_files.hpp"
#include "io/study/describe_model.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::io {
namespace {

constexpr std::size_t most_groups_in_all_pairs = 4;
constexpr std::size_t models_at_a_time = 64;

/// Models by their values on some axes, in the order of the product.
StudyGrouping grouping_by(const StudyReport& report, const std::vector<std::size_t>& axes) {
  StudyGrouping grouping;
  std::map<std::vector<std::size_t>, StudyGroup> groups;
  for (const std::size_t k : axes)
    grouping.name += (grouping.name.empty() ? "" : " × ") + report.axes[k].name;
  for (std::size_t i = 0; i < report.models.size(); ++i) {
    std::vector<std::size_t> key;
    std::string name;
    for (const std::size_t k : axes) {
      key.push_back(report.models[i].values[k]);
      const SweepAxis& axis = report.axes[k];
      name += (name.empty() ? "" : " ") + (axes.size() > 1 ? axis.words : axis.values)[key.back()];
    }
    StudyGroup& group = groups[key];
    group.name = name;
    group.models.push_back(i);
  }
  for (auto& [key, group] : groups) grouping.groups.push_back(std::move(group));
  return grouping;
}

AnalysisReport models_of(const StudyReport& report, const StudyGroup& group) {
  AnalysisReport part;
  for (const std::size_t i : group.models) part.models.push_back(report.models[i].report);
  return part;
}

/// Whether operators of both groups have a measure as a number: models with attention have no operators.
bool have_common_measures(const StudyReport& report, const StudyGroup& a, const StudyGroup& b) {
  const auto has = [&](const StudyGroup& group, std::string_view id) {
    return std::ranges::any_of(group.models, [&](std::size_t i) {
      return analysis::median(report.models[i].report.operators, id).has_value();
    });
  };
  return std::ranges::any_of(default_compared_measures(),
                             [&](const std::string& id) { return has(a, id) && has(b, id); });
}

void compare_pairs(const StudyReport& report, StudyGrouping& grouping) {
  const std::size_t count = grouping.groups.size();
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = a + 1; b < count; ++b) {
      if (a > 0 && count > most_groups_in_all_pairs) return;
      if (!have_common_measures(report, grouping.groups[a], grouping.groups[b])) continue;
      ComparisonRequest request;
      request.name_a = grouping.groups[a].name;
      request.name_b = grouping.groups[b].name;
      StudyPair pair{a, b, {}};
      pair.comparison = compare_reports(models_of(report, grouping.groups[a]),
                                        models_of(report, grouping.groups[b]), request);
      pair.comparison.a.models.clear();
      pair.comparison.b.models.clear();
      grouping.pairs.push_back(std::move(pair));
    }
}

/// Pooling over the other axes is fair where every combination has as many models as any other.
void warn_of_imbalance(StudyReport& report) {
  if (report.missing.empty()) return;
  report.warnings.push_back(
      "Runs are missing, so groups of one axis may differ in the other axes as well: compare with care.");
}

void add_groupings(StudyReport& report) {
  std::vector<std::size_t> compared;
  for (std::size_t k = 0; k < report.axes.size(); ++k) {
    std::set<std::size_t> present;
    for (const StudyModel& model : report.models) present.insert(model.values[k]);
    if (report.axes[k].name != seed_axis && present.size() > 1) compared.push_back(k);
  }
  for (const std::size_t k : compared) {
    report.groupings.push_back(grouping_by(report, {k}));
    compare_pairs(report, report.groupings.back());
  }
  if (compared.size() > 1) report.groupings.push_back(grouping_by(report, compared));
  if (!compared.empty()) return;
  StudyGrouping all{"all runs", {{"all", {}}}, {}};
  for (std::size_t i = 0; i < report.models.size(); ++i) all.groups.front().models.push_back(i);
  report.groupings.push_back(std::move(all));
}

/// Models by all axes but the seed, as they are named in tables.
std::string finest_group(const StudyReport& report, const StudyModel& model) {
  std::string name;
  for (std::size_t k = 0; k < report.axes.size(); ++k)
    if (report.axes[k].name != seed_axis && report.axes[k].values.size() > 1)
      name += (name.empty() ? "" : " ") + report.axes[k].words[model.values[k]];
  return name;
}

void add_costs_and_correlations(StudyReport& report, const std::string& folder) {
  std::vector<GroupedRun> runs;
  std::vector<CorrelatedModel> models;
  for (const StudyModel& model : report.models) {
    RecordedRun recorded = read_recorded_run(folder + "/" + model.name);
    const std::string group = finest_group(report, model);
    // Of models without Toeplitz operators nothing is said: dense matrices have one of the measures.
    if (const auto measures = medians(model.report.operators); !std::isnan(measures.front()))
      models.push_back({model.name, group, measures, std::move(recorded.outcomes)});
    runs.push_back({group, std::move(recorded.trained_on), std::move(recorded.costs)});
  }
  report.costs = cost_report(std::move(runs));
  report.correlations = correlate(std::move(models));
}

std::optional<analysis::Distribution> distribution(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  return analysis::Distribution::of(std::move(values));
}

double median_of(std::vector<double> values) {
  return values.empty() ? std::nan("") : analysis::Distribution::of(std::move(values)).median;
}

/// N/(n−1) of an operator at the end, NaN where N is not proven.
double fraction(const analysis::OperatorReport& op) {
  const analysis::Measure* measure = op.find("winding_fraction");
  return measure != nullptr && measure->status == analysis::Status::certified ? measure->value : std::nan("");
}

double fraction_at(const StudyModel& model, std::size_t layer, std::size_t step) {
  const std::string& label = model.metrics.layers[layer];
  for (const analysis::OperatorReport& op : model.report.operators)
    if (model::layer_label(op.layer) == label && model::order(op.layer) > 1)
      return model.metrics.windings[layer][step] / static_cast<double>(model::order(op.layer) - 1);
  return std::nan("");
}

/// Some at a time, of which only numbers are kept: a study may have thousands of models.
void analyze_models(StudyReport& report, const std::string& folder, const WorkProgress& progress) {
  AnalysisRequest request;
  request.progress = progress;
  request.options.keep_arrays = false;
  std::vector<std::string> files;
  std::vector<ModelReport*> places;
  for (StudyModel& model : report.models) {
    const std::string file = folder + "/" + model.name + "/model.h5";
    if (!describe_model(file, model.report)) continue;
    files.push_back(file);
    places.push_back(&model.report);
  }
  for (std::size_t begin = 0; begin < files.size(); begin += models_at_a_time) {
    const auto part = std::span(files).subspan(begin, std::min(models_at_a_time, files.size() - begin));
    AnalysisReport analysis = analyze_files(part, request);
    for (std::size_t i = 0; i < part.size(); ++i) *places[begin + i] = std::move(analysis.models[i]);
  }
}

}  // namespace

StudyReport study_report(const Sweep& sweep, const std::string& folder,
                         std::vector<std::pair<std::string, std::string>> missing,
                         const WorkProgress& progress) {
  StudyReport report;
  report.source = sweep.source;
  report.program_version = program_version();
  report.libraries = library_versions();
  report.axes = sweep.axes;
  report.missing = std::move(missing);
  for (const SweepRun& run : sweep.runs) {
    if (std::ranges::any_of(report.missing, [&](const auto& entry) { return entry.first == run.name; }))
      continue;
    report.models.push_back({run.name, run.values, {}, read_run_metrics(folder + "/" + run.name)});
  }
  analyze_models(report, folder, progress);
  warn_of_imbalance(report);
  add_costs_and_correlations(report, folder);
  if (!report.models.empty()) add_groupings(report);
  return report;
}

std::vector<std::string> layers_of(const StudyReport& report, const StudyGroup& group) {
  std::vector<std::string> labels;
  for (const std::size_t i : group.models)
    for (const analysis::OperatorReport& op : report.models[i].report.operators)
      if (const std::string label = model::layer_label(op.layer);
          std::ranges::find(labels, label) == labels.end())
        labels.push_back(label);
  return labels;
}

std::vector<std::uint64_t> steps_of(const StudyReport& report, const StudyGroup& group) {
  std::set<std::uint64_t> steps;
  for (const std::size_t i : group.models)
    steps.insert(report.models[i].metrics.steps.begin(), report.models[i].metrics.steps.end());
  return {steps.begin(), steps.end()};
}

std::optional<analysis::Distribution> end_fraction(const StudyReport& report, const StudyGroup& group,
                                                   const std::string& layer) {
  std::vector<double> values;
  for (const std::size_t i : group.models) {
    std::vector<double> of_model;
    for (const analysis::OperatorReport& op : report.models[i].report.operators)
      if ((layer.empty() || model::layer_label(op.layer) == layer) && !std::isnan(fraction(op)))
        of_model.push_back(fraction(op));
    if (!of_model.empty()) values.push_back(median_of(std::move(of_model)));
  }
  return distribution(std::move(values));
}

std::optional<analysis::Distribution> step_fraction(const StudyReport& report, const StudyGroup& group,
                                                    const std::string& layer, std::uint64_t step) {
  std::vector<double> values;
  for (const std::size_t i : group.models) {
    const StudyModel& model = report.models[i];
    const auto place = std::ranges::find(model.metrics.steps, step);
    if (place == model.metrics.steps.end()) continue;
    std::vector<double> of_model;
    for (std::size_t k = 0; k < model.metrics.layers.size(); ++k) {
      if (!layer.empty() && model.metrics.layers[k] != layer) continue;
      const double value =
          fraction_at(model, k, static_cast<std::size_t>(place - model.metrics.steps.begin()));
      if (!std::isnan(value)) of_model.push_back(value);
    }
    if (!of_model.empty()) values.push_back(median_of(std::move(of_model)));
  }
  return distribution(std::move(values));
}

std::optional<analysis::Distribution> end_loss(const StudyReport& report, const StudyGroup& group) {
  std::vector<double> values;
  for (const std::size_t i : group.models)
    if (const auto& losses = report.models[i].metrics.losses(); !losses.empty())
      values.push_back(losses.rbegin()->second);
  return distribution(std::move(values));
}

}  // namespace tmm::io
