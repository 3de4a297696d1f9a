// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/spectrum/reconstruction.hpp"
#include "io/report/evaluation/task_report.hpp"
#include "io/tokens/golden.hpp"
#include "model/network/objective.hpp"
#include "model/pass/loss_totals.hpp"

namespace tmm::io {

/// What `tmm evaluate` has found, with what it was found on.
struct EvaluationReport {
  std::string file;    ///< checkpoint
  std::string sha256;  ///< of the checkpoint, for JSON
  std::string source;  ///< of the tokens
  model::Objective objective = model::Objective::clm;
  std::string precision;         ///< "float32" or "float64": the arithmetic of the network
  std::size_t length = 0;        ///< tokens a sequence
  std::size_t left_out = 0;      ///< tokens at the end of a stream that fill no sequence
  std::size_t beyond_limit = 0;  ///< sequences that --limit has left out
  std::size_t threads = 0;
  double seconds = 0;  ///< of the forward passes alone
  model::LossSummary summary;
  std::vector<analysis::Reconstruction> inversion;  ///< empty if not asked for
  std::size_t inverted_sequences = 0;
  std::vector<std::string> warnings;  ///< about the file: what was assumed or left out
  std::optional<TaskReport> task;     ///< if one was asked for
};

std::string evaluation_table(const EvaluationReport& report);
/// schema_version 1. Losses are results of rounded arithmetic: "status" is "numerical".
std::string evaluation_json(const EvaluationReport& report);

/// What `tmm evaluate --check` has found.
struct CheckReport {
  std::string file, golden, precision;
  double tolerance =
      0;  ///< largest difference that passes: of the loss (over max(1, |loss|)), of the rest over its scale
  GoldenDifference difference;
  std::vector<std::string> warnings;  ///< about the file: what was assumed or left out
};

[[nodiscard]] bool passes(const CheckReport& report);
std::string check_table(const CheckReport& report);
std::string check_json(const CheckReport& report);

}  // namespace tmm::io
