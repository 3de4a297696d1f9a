// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tmm::io {

/// Columns of the metrics.csv of a training run, by step.
struct MetricsTable {
  std::string file;
  std::vector<std::pair<std::string, std::vector<double>>>
      columns;  ///< name, one value a row; NaN where empty, undecided or not Fredholm
};

/// Reads a CSV of numbers with one line of names, at most 64 MiB and 4096 columns. Throws FileError,
/// FormatError naming file and line: no column "step", a row of another length, a field that is neither empty
/// nor a number.
MetricsTable read_metrics_table(const std::string& path);

/// The page of a training run: loss, winding numbers, and the rest against step. See
/// io/report/report_html.hpp.
std::string metrics_html(const MetricsTable& metrics);

}  // namespace tmm::io
