// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/analyze.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/analysis_report.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/explicit_taps.hpp"
#include "model/checkpoint/layer_selection.hpp"

namespace tmm::io {

/// Called after each finished piece of work, by one thread at a time; `unit`: what is counted, a literal
/// ("operators", "fresh layers"). What it throws ends the work and is rethrown.
using WorkProgress = std::function<void(const char* unit, std::size_t done, std::size_t total)>;

/// Which operators of checkpoints to analyse, and how.
struct AnalysisRequest {
  std::string layers;                      ///< model::LayerSelection; empty: all
  bool residual = false;                   ///< I + T instead of T
  std::optional<model::TapsRequest> taps;  ///< rows of these arrays instead of the layers of a network
  model::Assumptions assumptions;
  analysis::AnalyzeOptions options;
  int threads = 0;             ///< 0: as many as OpenMP offers; no number depends on it
  std::string copy;            ///< of a network, as io::read_header has it
  std::size_t null_draws = 0;  ///< freshly initialised layers to compare with; 0: none
  std::uint64_t seed = 1;      ///< of these
  WorkProgress progress;
};

/// What `tmm analyze` does: one report for every checkpoint. All are read and checked before the first is
/// analysed, and all their operators share one pool, so that threads are busy to the end. Throws
/// ArgumentError for what has no meaning (a null model of explicit taps, a section longer than any layer, …);
/// else as reading, selecting and analysing do.
AnalysisReport analyze_files(std::span<const std::string> files, const AnalysisRequest& request);

/// The same of checkpoints that are open already, in files or in memory. An answer in a file beside a
/// checkpoint is only looked for where it has a path.
AnalysisReport analyze_sources(std::span<const std::unique_ptr<TensorSource>> sources,
                               const AnalysisRequest& request);

/// The operators that an analysis of this checkpoint would be of, I + T where the request has it so.
std::vector<model::LayerOperator> requested_operators(const TensorSource& source,
                                                      const AnalysisRequest& request);

}  // namespace tmm::io
