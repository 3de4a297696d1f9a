// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/analyze.hpp"
#include "io/checkpoint/tensor_source.hpp"
#include "io/report/analysis_report.hpp"
#include "io/result/report_sink.hpp"
#include "io/result/result_store.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/explicit_taps.hpp"
#include "model/checkpoint/layer_selection.hpp"

namespace tmm::io {

/// Called after each finished piece of work, by one thread at a time; `unit`: what is counted, a literal
/// ("operators", "fresh layers"). What it throws ends the work and is rethrown.
using WorkProgress = std::function<void(const char* unit, std::size_t done, std::size_t total)>;

/// What analyses operators one by one and delivers them in order: analysis::analyze_each, or something that
/// deals them out to several processes.
using OperatorScheduler =
    std::function<void(std::span<const model::LayerOperator>, const analysis::AnalyzeOptions&, int threads,
                       const analysis::Deliver&, const analysis::Progress&, const analysis::KnownReport&)>;

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
  /// The report that is returned keeps arrays (options.keep_arrays) of no more operators than this: of more
  /// of them, arrays are for sinks alone.
  std::size_t most_with_arrays = std::numeric_limits<std::size_t>::max();
  /// What is returned of an operator is its place, its index, its warnings and what is undecided: all else is
  /// for sinks alone.
  bool forget = false;
  /// Named in the report; empty: library_versions().
  std::vector<std::pair<std::string, std::string>> libraries;
  WorkProgress progress;
  OperatorScheduler scheduler = analysis::analyze_each;
};

/// Where results go while they come.
struct ResultSinks {
  ResultStore* store = nullptr;  ///< what it knows is not computed again
  std::vector<ReportSink*> others;
};

/// What `tmm analyze` does: one report for every checkpoint. All are read and checked before the first is
/// analysed, and all their operators share one pool, so that threads are busy to the end; results go to
/// `sinks` in order, one at a time, as they come. Throws
/// ArgumentError for what has no meaning (a null model of explicit taps, a section longer than any layer, …);
/// else as reading, selecting and analysing do.
AnalysisReport analyze_files(std::span<const std::string> files, const AnalysisRequest& request,
                             const ResultSinks& sinks = {});

/// The same of checkpoints that are open already, in files or in memory. An answer in a file beside a
/// checkpoint is only looked for where it has a path.
AnalysisReport analyze_sources(std::span<const std::unique_ptr<TensorSource>> sources,
                               const AnalysisRequest& request);

}  // namespace tmm::io
