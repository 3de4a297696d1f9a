// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "io/report/analysis_report.hpp"

namespace tmm::io {

/// Takes an analysis as it comes, operator by operator: what is written need not be held. Calls come one at a
/// time, from any thread. What a call throws ends the analysis.
class ReportSink {
 public:
  ReportSink() = default;
  ReportSink(const ReportSink&) = delete;
  ReportSink& operator=(const ReportSink&) = delete;
  virtual ~ReportSink() = default;

  /// First: the report as it will be, its models without operators and layers.
  virtual void begin(const AnalysisReport& frame) = 0;
  /// Operator `place` of models[model], arrays included; in order of models, then of operators.
  virtual void add(std::size_t model, std::size_t place, const analysis::OperatorReport& report) = 0;
  /// Last: models[i].layers are known now; their operators need not be there.
  virtual void finish(const AnalysisReport& report) = 0;
};

}  // namespace tmm::io
