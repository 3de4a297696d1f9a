// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "io/report/analysis_report.hpp"
#include "io/report/comparison_report.hpp"

namespace tmm::io {

/// Tables to be put into a paper: LaTeX (booktabs, siunitx, threeparttable) and Markdown (GitHub's tables).
enum class PaperFormat { latex, markdown };

/// A row for every operator, a column for every measure of `ids` that one has: numbers cut at their errors,
/// bounds to their safe side. Letters mark what is not certified (a column's heading where all its numbers
/// are alike) and are explained below the table, where the remarks and warnings of the files stand as well.
/// File, sha256 and version stand in a comment or below. Throws ArgumentError for a measure that no operator
/// has.
std::string paper_table(const AnalysisReport& report, std::span<const std::string> ids, PaperFormat format);

/// A row for every measure of `report.shown`: medians, Cliff's δ with its interval, p-values.
std::string paper_table(const ComparisonReport& report, PaperFormat format);

}  // namespace tmm::io
