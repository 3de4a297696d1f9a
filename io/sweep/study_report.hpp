// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/statistics/comparison.hpp"
#include "io/report/comparison_report.hpp"
#include "io/report/correlation_report.hpp"
#include "io/report/cost_report.hpp"
#include "io/study/analyze_files.hpp"
#include "io/sweep/run_metrics.hpp"
#include "io/sweep/sweep.hpp"

namespace tmm::io {

/// A finished run of a study.
struct StudyModel {
  std::string name;                 ///< of the run
  std::vector<std::size_t> values;  ///< which value on every axis
  ModelReport report;               ///< of its network at the end
  RunMetrics metrics;
};

/// The models with one value of an axis, or with one combination of values.
struct StudyGroup {
  std::string name;
  std::vector<std::size_t> models;  ///< which of the report's
};

/// Two groups set against each other. The comparison's models are left out: the report has them.
struct StudyPair {
  std::size_t a = 0, b = 0;  ///< groups
  ComparisonReport comparison;
};

/// The models of a study by what they differ in.
struct StudyGrouping {
  std::string name;
  std::vector<StudyGroup> groups;  ///< those with a model, in the order of the axis
  std::vector<StudyPair> pairs;
};

/// What came out of a study.
struct StudyReport {
  std::string source, program_version;
  std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
  std::vector<SweepAxis> axes;
  std::vector<StudyModel> models;
  /// By every axis with two or more values that have a model, except seeds, with all pairs of up to four
  /// groups, else each against the first; with several such axes also by their combinations, without pairs;
  /// without any, all models in one group.
  std::vector<StudyGrouping> groupings;
  std::vector<std::pair<std::string, std::string>> missing;  ///< runs without a result, and why
  std::vector<std::string> warnings;
  CostReport costs = {};                ///< by all axes but the seed
  CorrelationReport correlations = {};  ///< of models with operators that were evaluated on tasks
};

/// Reads and analyses the finished runs in the folder of a study, 64 at a time, and compares them as
/// compare_reports does. `missing`: runs that failed. Throws as analyze_files and read_run_metrics do.
StudyReport study_report(const Sweep& sweep, const std::string& folder,
                         std::vector<std::pair<std::string, std::string>> missing,
                         const WorkProgress& progress = {});

/// Labels of the operators of a group's models, in the order of first appearance.
std::vector<std::string> layers_of(const StudyReport& report, const StudyGroup& group);
/// Steps at which some model of a group has recorded its indices, ascending.
std::vector<std::uint64_t> steps_of(const StudyReport& report, const StudyGroup& group);

/// N/(n−1) over the models of a group, each with one number: of the operator `layer`, or where that is empty
/// the median over its operators; at the end, or at a recorded step. Operators whose index is not proven are
/// left out. Empty if no model has a number.
std::optional<analysis::Distribution> end_fraction(const StudyReport& report, const StudyGroup& group,
                                                   const std::string& layer);
std::optional<analysis::Distribution> step_fraction(const StudyReport& report, const StudyGroup& group,
                                                    const std::string& layer, std::uint64_t step);
/// The last loss over the models of a group.
std::optional<analysis::Distribution> end_loss(const StudyReport& report, const StudyGroup& group);

/// Tables for people: losses and windings by group, layer and step; the measures of every pair with Cliff's δ
/// and tests over operators and over models.
std::string study_table(const StudyReport& report, const TableStyle& style = {});

/// A row for every finished run: name, a column for every axis, steps, losses, N of every operator at the
/// end; where costs were recorded also parameters, flops, seconds, peak_bytes. RFC 4180.
std::string study_csv(const StudyReport& report);

/// Costs and correlations for programs: {"costs", "correlations"}, as cost_json and correlation_json have
/// them.
std::string study_results_json(const StudyReport& report);

/// One self-contained page (io/report/report_html.hpp): windings by group, layer and step with statistics
/// over models, comparisons, runs. Throws ArgumentError where this program was built without the chart
/// library.
std::string study_html(const StudyReport& report);

}  // namespace tmm::io
