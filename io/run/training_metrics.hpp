// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/index/network_winding.hpp"

namespace tmm::io {

/// What is known of a run at one step. Empty: not measured here.
struct MetricsRow {
  std::uint64_t step = 0;
  std::optional<double> train_loss;                    ///< mean over the steps since the row before
  std::optional<double> validation_loss;               ///< of the network after the step
  std::optional<double> learning_rate, gradient_norm;  ///< of the step; the norm before clipping
  std::optional<double> tokens_per_second;             ///< since the row before; training alone
  std::vector<analysis::OperatorWinding> windings;     ///< after the step; all operators, or none
  // Of the whole run so far:
  std::optional<double> seconds;  ///< spent on training steps, over all pieces of a run
  std::optional<double> flops;    ///< of training steps (model/training/operation_count.hpp)
  std::optional<std::uint64_t>
      peak_bytes;  ///< most memory of a process of the run (io/files/peak_memory.hpp)
};

/// A winding number as text: digits where it is certified, else "not-fredholm" or "undecided".
std::string winding_text(const analysis::Winding& winding);

/// metrics.csv: a line per row, step,train_loss,validation_loss,learning_rate,gradient_norm,tokens_per_second
/// and a column winding_LABEL for each Toeplitz operator (the Fredholm index is −winding), then
/// seconds,flops,peak_bytes. Cells that were not measured are empty; numbers have the shortest digits that
/// read back as the same double. A row is there whole or not at all.
class MetricsFile {
 public:
  /// Begins a file; replaces one that exists. Throws FileError.
  static MetricsFile create(const std::string& path, const std::vector<std::string>& labels);
  /// Goes on with one, without its rows after step `last` and without repeated steps. Throws FileError;
  /// FormatError if its columns are not those of these labels. Rows of a run that began before costs were
  /// recorded have none.
  static MetricsFile resume(const std::string& path, const std::vector<std::string>& labels,
                            std::uint64_t last);
  MetricsFile(MetricsFile&& other) noexcept;
  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;
  ~MetricsFile();

  /// The largest peak_bytes of the rows before goes into a row with a smaller one: pieces of a run have
  /// processes of their own. Throws FileError; the file is then as it was.
  void append(const MetricsRow& row);
  /// Waits until all rows are on disk. Throws FileError.
  void flush();

 private:
  MetricsFile(std::string path, std::size_t columns, std::uint64_t peak);

  std::string path_;
  std::size_t columns_;  // of windings
  std::uint64_t peak_;   // bytes
  int descriptor_ = -1;
};

/// Heading and lines of a run's report, at most 80 columns; windings that do not fit are counted instead.
std::string metrics_heading(bool validation, bool windings = true);
std::string metrics_line(const MetricsRow& row, bool validation);

}  // namespace tmm::io
