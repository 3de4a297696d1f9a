// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/report/step_curves.hpp"

namespace tmm::io {

/// Columns of the metrics.csv or of the checkpoints of a training run, by step.
struct MetricsTable {
  std::string file;  ///< or folder
  std::vector<std::pair<std::string, std::vector<double>>>
      columns;  ///< name, one value a row; NaN where empty, undecided or not Fredholm
  std::vector<std::string> remarks = {};  ///< what every output must say, one sentence each
  std::string sha256 = {};                ///< of the file; empty for a folder
  std::vector<std::pair<std::string, std::string>> configuration =
      {};                  ///< "table.key", value, as the config.toml beside a run's metrics.csv has them
  StepCurves curves = {};  ///< of the operators along the run, for the page alone; may be empty
};

/// Reads a CSV of numbers with one line of names, at most 64 MiB and 4096 columns. Throws FileError,
/// FormatError naming file and line: no column "step", a row of another length, a field that is neither empty
/// nor a number.
MetricsTable read_metrics_table(const std::string& path);

/// The page of a training run: loss, winding numbers, and the rest against step. See
/// io/report/report_html.hpp.
/// `program_version` and the table's configuration stand under its provenance.
std::string metrics_html(const MetricsTable& metrics, const std::string& program_version);

/// The columns as metrics.csv has them; a last column, remarks, where there are any.
std::string metrics_csv(const MetricsTable& metrics);

/// For people: losses and winding numbers at up to 24 of the steps that have an index.
std::string metrics_text(const MetricsTable& metrics);

}  // namespace tmm::io
