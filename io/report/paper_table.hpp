// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "io/report/analysis_report.hpp"
#include "io/report/comparison_report.hpp"

namespace tmm::io {

/// Tables to be put into a paper: LaTeX (booktabs, siunitx, threeparttable) and Markdown (GitHub's tables).
enum class PaperFormat { latex, markdown };

/// What they show where no measures are chosen.
std::span<const std::string> usual_paper_measures();

/// A row for every operator, a column for every measure of `ids` that one has: numbers cut at their errors,
/// bounds to their safe side. Letters mark what is not certified (a column's heading where all its numbers
/// are alike) and are explained below the table. File, sha256 and version stand in a comment or below. Throws
/// ArgumentError for a measure that no operator has.
std::string paper_table(const AnalysisReport& report, std::span<const std::string> ids, PaperFormat format);

/// A row for every measure of `report.shown`: medians, Cliff's δ with its interval, p-values.
std::string paper_table(const ComparisonReport& report, PaperFormat format);

/// One row for every operator: its fields, then ID, ID_error and ID_status of each measure of `ids` (all
/// where there are none), ID_lower_bound and ID_upper_bound where some operator has only such a bound.
/// Columns that readers of tables look for, not comments, say which file and which version.
std::string wide_csv(const AnalysisReport& report, std::span<const std::string> ids);

}  // namespace tmm::io
