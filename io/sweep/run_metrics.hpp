// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tmm::io {

/// What the metrics.csv of a run says.
struct RunMetrics {
  std::vector<std::string> layers;            ///< labels of its operators
  std::vector<std::uint64_t> steps;           ///< at which indices were recorded, ascending
  std::vector<std::vector<double>> windings;  ///< N of every layer at every step; NaN where it is not proven
  std::map<std::uint64_t, double> train_loss, validation_loss;

  /// Of these losses those that a table shows, validation where there is any; and what they are called.
  [[nodiscard]] const std::map<std::uint64_t, double>& losses() const;
  [[nodiscard]] const char* loss_name() const;
};

/// Throws FileError, FormatError as read_metrics_table does.
RunMetrics read_run_metrics(const std::string& folder);

/// Its end in a few words: "validation loss 1.912, N 2 2 1 9".
std::string summary(const RunMetrics& metrics);

}  // namespace tmm::io
