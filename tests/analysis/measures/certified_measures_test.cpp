// SPDX-License-Identifier: MIT
#include "analysis/measures/certified_measures.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/analyze.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::Measure, analysis::OperatorReport, analysis::Status;

namespace {

OperatorReport report_of(const std::vector<double>& taps, bool certify,
                         const std::vector<double>& thresholds = {}) {
  model::LayerOperator layer;
  layer.name = "test";
  layer.taps = taps;
  analysis::AnalyzeOptions options;
  options.certify = certify;
  options.thresholds = thresholds;
  return analysis::analyze(layer, options);
}

}  // namespace

TEST_CASE("with certify what was numerical of spectrum, defect and maximum is certified and agrees") {
  const auto taps = test::gaussian_taps(40, 2);
  const OperatorReport plain = report_of(taps, false), proven = report_of(taps, true);
  REQUIRE(plain.measures.size() == proven.measures.size());
  for (std::size_t i = 0; i < plain.measures.size(); ++i) {
    const auto& [id, before] = plain.measures[i];
    const auto& [same, after] = proven.measures[i];
    CAPTURE(id);
    CHECK(id == same);
    const bool left = id == "smallest_zero" || id.starts_with("predicted_index") ||
                      id == "avram_parter_distance" || id.find("circulant") != std::string::npos;
    CHECK(after.status == (left                                 ? before.status
                           : before.status == Status::numerical ? Status::certified
                                                                : before.status));
    if (std::isfinite(before.value))
      CHECK(std::fabs(before.value - after.value) <= before.error + after.error);
  }
  CHECK(proven.find("symbol_max")->error <= 1e-10 * proven.find("symbol_max")->value);
  CHECK(proven.warnings.empty());
}

TEST_CASE("a count that a proven value leaves open is a bracket, and says so") {
  const auto taps = test::gaussian_taps(20, 8);
  const auto spectrum = analysis::singular_spectrum(taps, {.certify = true});
  const double tau = spectrum.values[9].value.to_double() / spectrum.values[0].value.to_double();
  const OperatorReport report = report_of(taps, true, {tau, 2 * tau});
  std::size_t brackets = 0;
  for (const auto& [id, measure] : report.measures) {
    if (!id.starts_with("effective_index_") && !id.starts_with("numerical_rank_")) continue;
    CHECK(measure.status == Status::certified);
    const bool open = measure.error > 0;
    CHECK(open == (measure.method.find("a bracket: 10 to 11") != std::string::npos ||
                   measure.method.find("a bracket: 9 to 10") != std::string::npos));
    brackets += open ? 1 : 0;
  }
  CHECK(brackets == 2);
}

TEST_CASE("with w_0 beyond its double certified values still hold, by Weyl's inequality") {
  auto taps = test::gaussian_taps(12, 1);
  auto spectrum = analysis::singular_spectrum(taps, {.certify = true});
  const double before = spectrum.values[0].relative_error;
  analysis::carry_rest(spectrum, 1e-9);
  CHECK(spectrum.values[0].status == Status::certified);
  CHECK(spectrum.values[0].relative_error >= before + 1e-9 / spectrum.values[0].value.to_double());
  analysis::carry_rest(spectrum, 1.0);
  CHECK(spectrum.values.back().status == Status::numerical);
}

TEST_CASE("singular values that are not proven leave what follows from them numerical") {
  auto report = report_of(test::gaussian_taps(16, 4), false);
  analysis::certify_spectrum_measures(report);
  for (const char* id : {"condition", "effective_index_float32", "stable_rank", "effective_rank"})
    CHECK(report.find(id)->status == Status::numerical);
  CHECK(report.find("log_abs_det_per_row")->status == Status::certified);  // of w_0 alone
}
