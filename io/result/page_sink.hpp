// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

#include "io/report/volume/report_page.hpp"
#include "io/result/report_sink.hpp"

namespace tmm::io {

/// A report page that is made as results come.
class PageSink : public ReportSink {
 public:
  explicit PageSink(PageWishes wishes) : page_(std::move(wishes)) {}

  void begin(const AnalysisReport& /*frame*/) override {}
  void add(std::size_t model, std::size_t /*place*/, const analysis::OperatorReport& report) override {
    page_.add(model, report);
  }
  void finish(const AnalysisReport& report) override { text_ = page_.finish(without_operators(report)); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  ReportPage page_;
  std::string text_;
};

}  // namespace tmm::io
