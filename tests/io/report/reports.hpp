// SPDX-License-Identifier: MIT
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "io/report/analysis_report.hpp"
#include "io/report/page_assets.hpp"

namespace tmm::test {

inline model::LayerOperator layer(int block, std::vector<double> taps) {
  return {"mixer_blocks." + std::to_string(block) + ".token_mixing_layer.weight",
          "mixer_blocks",
          block,
          {},
          {},
          {},
          model::DType::float32,
          std::move(taps)};
}

/// One model with these layers, really analysed.
inline io::AnalysisReport report_of(const std::vector<model::LayerOperator>& layers) {
  io::AnalysisReport report;
  report.program_version = "0.0.0";
  report.libraries = {{"Lib", "1.2"}};
  report.models.push_back({"model.h5", std::string(64, 'a'), 1234, "Toeplitz layers only", {}, {}, {}});
  report.models.front().operators = analysis::analyze_all(layers, report.options);
  return report;
}

/// Layers that between them show every status: an ordinary one, a delay, a zero on the circle, the zero
/// operator, one tap, and two made by hand: one with a value below precision, one undecided.
inline io::AnalysisReport report_of_everything() {
  std::vector<double> graded(64, 0.0);
  graded[0] = 1e-3, graded[1] = 1;
  auto report = report_of({layer(0, {1, 2, 3, 4}), layer(1, {0, 0, 1.5}), layer(2, {1, 1}), layer(3, {0, 0}),
                           layer(4, {0.1}), layer(5, graded), layer(6, {1, 0.5})});
  auto& bounded = report.models.front().operators[5];
  auto& smallest = bounded.spectrum->values.back();
  smallest.status = analysis::Status::below_precision;
  smallest.value = bounded.spectrum->floor;
  smallest.relative_error = std::numeric_limits<double>::infinity();
  for (auto& [id, measure] : bounded.measures) {
    if (id == "sigma_min")
      measure = {smallest.value.to_double(), analysis::Status::below_precision, 0, "LAPACK"};
    if (id == "log10_sigma_min")
      measure = {smallest.value.log10(), analysis::Status::below_precision, 0, "LAPACK"};
  }
  auto& undecided = report.models.front().operators.back();
  undecided.winding.status = analysis::IndexStatus::undecided;
  undecided.winding.lowest = 0, undecided.winding.highest = 1;
  undecided.winding.reason = "made by hand";
  for (auto& [id, measure] : undecided.measures)
    if (id == "winding_number") measure = analysis::Measure::undecided("made by hand");
  undecided.warnings.emplace_back("a check failed, \"quoted\", with a comma");
  return report;
}

/// Whether this was built without the chart library; said as a warning.
inline bool page_missing() {
  if (!io::page_assets().plotly.empty()) return false;
  WARN("skipped: built without the chart library (./dev charts)");
  return true;
}

}  // namespace tmm::test
