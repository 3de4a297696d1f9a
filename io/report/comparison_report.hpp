// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/statistics/comparison.hpp"
#include "analysis/statistics/trajectory.hpp"
#include "io/report/analysis_report.hpp"
#include "io/report/correlation_report.hpp"
#include "io/report/cost_report.hpp"
#include "io/report/step_curves.hpp"

namespace tmm::io {

/// One side of a comparison.
struct ComparisonGroup {
  std::string name;  ///< "A" or "B", or as the user calls it
  std::vector<ModelReport> models;
  std::vector<analysis::Trajectory> trajectories;
  std::vector<std::string> warnings;    ///< "FILE: WARNING" of its files, which the comparison repeats
  std::vector<StepCurves> curves = {};  ///< of the trajectories, for the page alone
};

/// One run of `tmm compare`: what its writers print.
struct ComparisonReport {
  std::string program_version;
  std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
  ComparisonGroup a, b;
  analysis::Comparison comparison;
  std::vector<std::string> shown;       ///< measures of the terminal table; the other writers print all
  CostReport costs = {};                ///< of runs among the models; empty unless costs were recorded
  CorrelationReport correlations = {};  ///< of runs that were evaluated on tasks
};

/// The whole comparison as JSON text: groups, measures with every value, statistics and layers, trajectories.
std::string comparison_json(const ComparisonReport& report);

/// One row for every measure: RFC 4180, lines end in \n. A last column, warnings, where a file has any.
std::string comparison_csv(const ComparisonReport& report);

/// Median and range of numbers of three decimals, such as "0.512 (0.430 … 0.550)".
std::string range_text(const analysis::Distribution& distribution);

/// Parts of the table below: one row for every measure shown, and what these numbers do not allow to
/// conclude; what its columns mean, for the first group against the second.
std::string comparison_statistics(const ComparisonReport& report, const TableStyle& style = {});
std::string comparison_legend(const ComparisonReport& report, const TableStyle& style = {});

/// Tables for people: statistics by measure, winding fractions by layer, trajectories, warnings.
std::string comparison_table(const ComparisonReport& report, const TableStyle& style = {});

}  // namespace tmm::io
