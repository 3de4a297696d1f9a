// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "io/result/report_sink.hpp"

namespace tmm::io {

/// An analysis as JSON lines: one operator a line, the object of models[i].operators of the JSON report
/// (report_json) with the members file and sha256 of its model before it. Written as they come.
class ReportLines : public ReportSink {
 public:
  /// `write` takes whole lines.
  ReportLines(std::function<void(std::string_view)> write, ReportArrays arrays)
      : write_(std::move(write)), arrays_(arrays) {}

  void begin(const AnalysisReport& frame) override;
  void add(std::size_t model, std::size_t place, const analysis::OperatorReport& report) override;
  void finish(const AnalysisReport& report) override;

 private:
  std::function<void(std::string_view)> write_;
  ReportArrays arrays_;
  std::vector<std::string> heads_;  // of the lines, by model
};

}  // namespace tmm::io
