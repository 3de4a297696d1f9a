// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/analyze.hpp"
#include "io/report/analysis_report.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/explicit_taps.hpp"
#include "model/checkpoint/layer_selection.hpp"

namespace tmm::apps {

/// Which operators of which checkpoints to analyse, and how.
struct AnalyzeFiles {
  std::vector<std::string> files;
  model::LayerSelection layers;
  bool residual = false;                   ///< I + T instead of T
  std::optional<model::TapsRequest> taps;  ///< rows of these arrays instead of the layers of a network
  model::Assumptions assumptions;
  analysis::AnalyzeOptions options;
  int threads = 0;
  bool progress = false;  ///< a bar on standard error
  std::string copy = {};  ///< of a network, as io::read_header has it
};

/// One report for every file. All files are read and checked before the first is analysed, and all their
/// operators share one pool, so that threads are busy to the end. Throws as reading and selecting do.
std::vector<io::ModelReport> analyze_files(const AnalyzeFiles& request);

}  // namespace tmm::apps
