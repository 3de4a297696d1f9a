// SPDX-License-Identifier: MIT
#include "io/study/compare_files.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <utility>

#include "analysis/measures/measure_parts.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/checkpoint_folder.hpp"
#include "io/files/input_file.hpp"
#include "io/report/library_versions.hpp"
#include "io/result/read_report.hpp"
#include "io/run/checkpoint_run.hpp"
#include "io/run/recorded_run.hpp"
#include "io/run/trajectory.hpp"
#include "io/study/describe_model.hpp"
#include "model/base/error.hpp"
#include "model/base/text.hpp"

namespace tmm::io {
namespace {

/// The files behind the arguments of one group.
struct GroupFiles {
  std::vector<std::string> checkpoints, saved, trajectories, runs;
  std::vector<std::pair<std::size_t, std::string>>
      trained;  ///< which checkpoint is that of a run of tmm train

  explicit GroupFiles(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments) {
      if (!std::filesystem::is_directory(argument)) {
        add(argument);
        continue;
      }
      const std::filesystem::path folder(argument);
      if (!exists(folder / "model.h5")) {
        checkpoints.push_back(argument);
        if (list_checkpoint_folder(argument).is_run()) runs.push_back(argument);
        continue;
      }
      if (exists(folder / "metrics.csv")) trained.emplace_back(checkpoints.size(), argument);
      checkpoints.push_back(folder / "model.h5");
      if (exists(folder / "trajectory.h5")) trajectories.push_back(folder / "trajectory.h5");
    }
    if (checkpoints.empty() && saved.empty())
      throw ArgumentError("a group needs a checkpoint",
                          {trajectories.empty() ? "" : trajectories.front(), "", "", "trajectories only",
                           "Trajectories add the way there to the comparison."});
  }

 private:
  void add(const std::string& file) {
    if (is_report(InputFile(file))) return saved.push_back(file);
    (is_trajectory(read_header(file)) ? trajectories : checkpoints).push_back(file);
  }
};

void require_kind(const AnalysisReport& report, const std::string& file, bool residual) {
  if (report.residual != residual)
    throw ArgumentError("the operators of this analysis are of another kind",
                        {file, "", residual ? "I + T (--residual)" : "T", report.residual ? "I + T" : "T",
                         "Compare operators of one kind."});
}

void add_trajectory(ComparisonGroup& group, analysis::Trajectory trajectory,
                    std::vector<analysis::RecordedStep> steps) {
  const std::size_t recorded = steps.size();
  group.curves.push_back(step_curves(trajectory, shown_steps(std::move(steps)), recorded));
  group.trajectories.push_back(std::move(trajectory));
}

void add_trajectories(const GroupFiles& files, const AnalysisRequest& request, ComparisonGroup& group) {
  for (const std::string& file : files.trajectories) {
    std::vector<model::Contradiction> found;
    std::vector<analysis::RecordedStep> steps = read_trajectory(file, request.assumptions, &found);
    analysis::Trajectory trajectory = analysis::trace(file, steps, request.threads);
    add_trajectory(group, std::move(trajectory), std::move(steps));
    if (!found.empty()) group.warnings.push_back(file + ": " + model::assumption_remark(found));
  }
  for (const std::string& folder : files.runs) {
    CheckpointRun run = read_checkpoint_run(folder, request.copy, request.assumptions);
    analysis::Trajectory trajectory = run_trajectory(run, request.threads);
    add_trajectory(group, std::move(trajectory), std::move(run.steps));
    for (const std::string& text : run.remarks) group.warnings.push_back(folder + ": " + text);
  }
}

/// Each warning once, with the first model that it is about and the number of others.
void add_model_warnings(ComparisonGroup& group) {
  std::vector<std::pair<std::string, std::vector<std::string>>> files;  // of each warning, in order
  for (const auto& model : group.models)
    for (const std::string& warning : model.warnings) {
      auto place = std::ranges::find(files, warning, &decltype(files)::value_type::first);
      if (place == files.end()) place = files.insert(place, {warning, {}});
      place->second.push_back(model.file);
    }
  for (const auto& [warning, models] : files) {
    const std::size_t others = models.size() - 1;
    group.warnings.push_back(models.front() +
                             (others == 0   ? ""
                              : others == 1 ? " and 1 other model"
                                            : " and " + std::to_string(others) + " other models") +
                             ": " + warning);
  }
}

ComparisonGroup make_group(const std::string& name, const GroupFiles& files,
                           std::move_iterator<std::vector<ModelReport>::iterator> models,
                           const AnalysisRequest& request) {
  ComparisonGroup group{name, {}, {}, {}};
  group.models.assign(models, models + static_cast<std::ptrdiff_t>(files.checkpoints.size()));
  for (const std::string& file : files.saved) {
    AnalysisReport report = read_report(file);
    require_kind(report, file, request.residual);
    std::ranges::move(report.models, std::back_inserter(group.models));
  }
  add_trajectories(files, request, group);
  add_model_warnings(group);
  return group;
}

std::vector<analysis::ComparedModel> members(const ComparisonGroup& group) {
  std::vector<analysis::ComparedModel> models;
  for (const ModelReport& model : group.models) models.push_back({model.file, model.operators});
  return models;
}

/// Costs of the runs among the models, and what they can do. Runs from before costs were recorded are no
/// news where no other has them.
void add_runs(const GroupFiles& a, const GroupFiles& b, ComparisonReport& report) {
  std::vector<GroupedRun> runs;
  std::vector<CorrelatedModel> models;
  for (const auto& [files, group] : {std::pair(&a, &report.a), std::pair(&b, &report.b)})
    for (const auto& [place, folder] : files->trained) {
      RecordedRun recorded = read_recorded_run(folder);
      if (const auto measures = medians(group->models[place].operators); !std::isnan(measures.front()))
        models.push_back({folder, group->name, measures, std::move(recorded.outcomes)});
      runs.push_back({group->name, std::move(recorded.trained_on), std::move(recorded.costs)});
    }
  report.correlations = correlate(std::move(models));
  CostReport costs = cost_report(std::move(runs));
  if (!has_costs(costs)) return;
  if (std::ranges::all_of(costs.parts, [](const CostPart& part) { return part.groups.size() == 1; }))
    costs.remarks.emplace_back(
        "No two groups were trained on the same: their losses are not set against each other.");
  report.costs = std::move(costs);
}

/// What the statistics cannot see: one file on both sides.
void warn_of_common_files(ComparisonReport& report) {
  for (const ModelReport& a : report.a.models)
    for (const ModelReport& b : report.b.models)
      if (a.sha256 == b.sha256)
        report.comparison.warnings.push_back(model::printable(a.file) + " and " + model::printable(b.file) +
                                             " are the same file, in both groups.");
}

void require_known(const std::vector<std::string>& measures, const analysis::Comparison& comparison) {
  for (const std::string& id : measures) {
    if (std::ranges::find(comparison.not_compared, id, &analysis::BeyondDouble::id) !=
        comparison.not_compared.end())
      throw ArgumentError("some operators have this measure only beyond the range of double",
                          {"", "", "log10_" + id, id, ""});
    if (std::ranges::find(comparison.measures, id, &analysis::MeasureComparison::id) ==
        comparison.measures.end()) {
      std::string known;
      for (const auto& measure : comparison.measures) known += (known.empty() ? "" : ", ") + measure.id;
      throw ArgumentError("no such measure is a number in both groups", {"", "", known, id, ""});
    }
  }
}

/// Whether a measure is computed only where the plane of λ is asked for.
bool is_of_plane(const std::string& measure) {
  const auto part = analysis::part_of(measure);
  return part == analysis::MeasurePart::plane_distances || part == analysis::MeasurePart::kreiss;
}

bool lacks_operators(const ComparisonGroup& group) {
  return std::ranges::all_of(group.models, [](const ModelReport& model) { return model.operators.empty(); });
}

ComparisonReport compare_groups(ComparisonGroup a, ComparisonGroup b, const ComparisonRequest& request,
                                bool may_lack_operators = false) {
  ComparisonReport report;
  report.program_version = program_version();
  report.libraries = library_versions();
  report.a = std::move(a);
  report.b = std::move(b);
  report.shown = request.measures.empty() ? default_compared_measures() : request.measures;
  const analysis::ComparisonOptions options{
      .resamples = request.resamples, .seed = request.seed, .adjusted = report.shown};
  report.comparison.options = options;
  if (may_lack_operators && (lacks_operators(report.a) || lacks_operators(report.b)))
    report.comparison.warnings.push_back(
        model::printable(lacks_operators(report.a) ? report.a.name : report.b.name) +
        " has no operators (attention): costs are compared, measures are not.");
  else
    report.comparison = analysis::compare(members(report.a), members(report.b), {}, options);
  require_known(request.measures, report.comparison);
  warn_of_common_files(report);
  for (const ComparisonGroup* group : {&report.a, &report.b})
    for (const std::string& warning : group->warnings)
      report.comparison.warnings.push_back(model::printable(warning));
  return report;
}

/// Checkpoints in their order. Runs of `tmm train` without operators are described: they have costs.
std::vector<ModelReport> analyze_or_describe(const std::vector<std::string>& files,
                                             const std::vector<bool>& trained,
                                             const AnalysisRequest& request) {
  std::vector<ModelReport> models(files.size());
  std::vector<std::string> analyzed;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (trained[i] && !request.taps && !describe_model(files[i], models[i])) continue;
    analyzed.push_back(files[i]);
    places.push_back(i);
  }
  if (analyzed.empty() && !files.empty()) return models;
  AnalysisReport report = analyze_files(analyzed, request);
  for (std::size_t i = 0; i < places.size(); ++i) models[places[i]] = std::move(report.models[i]);
  return models;
}

}  // namespace

const std::vector<std::string>& default_compared_measures() {
  static const std::vector<std::string> measures{
      "winding_fraction", "index_margin_relative",   "index_radius", "jensen_defect", "sigma_max",
      "log10_sigma_min",  "effective_index_float32", "stable_rank"};
  return measures;
}

ComparisonReport compare_files(const ComparisonRequest& request) {
  const GroupFiles a(request.a), b(request.b);
  if (request.analysis.taps && !(a.trajectories.empty() && b.trajectories.empty()))
    throw ArgumentError("a trajectory holds the layers of a network, no explicit taps",
                        {a.trajectories.empty() ? b.trajectories.front() : a.trajectories.front(), "",
                         "checkpoints", "a trajectory", ""});
  std::vector<std::string> files = a.checkpoints;
  files.insert(files.end(), b.checkpoints.begin(), b.checkpoints.end());
  std::vector<bool> trained(files.size());
  for (const auto& [place, folder] : a.trained) trained[place] = true;
  for (const auto& [place, folder] : b.trained) trained[a.checkpoints.size() + place] = true;
  AnalysisRequest analysis = request.analysis;
  if (!analysis.options.pseudospectra && std::ranges::any_of(request.measures, is_of_plane)) {
    analysis.options.pseudospectra.emplace();
    analysis.options.keep_arrays = false;  // no grid
  }
  std::vector<ModelReport> models = analyze_or_describe(files, trained, analysis);
  const auto first = std::make_move_iterator(models.begin());
  const auto middle = first + static_cast<std::ptrdiff_t>(a.checkpoints.size());
  ComparisonReport report =
      compare_groups(make_group(request.name_a, a, first, request.analysis),
                     make_group(request.name_b, b, middle, request.analysis), request, true);
  add_runs(a, b, report);
  if (report.comparison.measures.empty() && !has_costs(report.costs))
    throw ArgumentError("a group without operators cannot be compared, and no costs of runs are recorded");
  return report;
}

ComparisonReport compare_reports(AnalysisReport a, AnalysisReport b, const ComparisonRequest& request) {
  require_kind(b, b.models.empty() ? "" : b.models.front().file, a.residual);
  ComparisonGroup first{request.name_a, std::move(a.models), {}, {}};
  ComparisonGroup second{request.name_b, std::move(b.models), {}, {}};
  for (ComparisonGroup* group : {&first, &second}) {
    if (group->models.empty()) throw ArgumentError("a group needs a checkpoint");
    add_model_warnings(*group);
  }
  return compare_groups(std::move(first), std::move(second), request);
}

}  // namespace tmm::io
