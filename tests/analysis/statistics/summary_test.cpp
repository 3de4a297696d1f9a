// SPDX-License-Identifier: MIT
#include "analysis/statistics/summary.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/analyze.hpp"

using namespace tmm::analysis;

namespace {

std::vector<OperatorReport> reports_of(const std::vector<std::vector<double>>& taps) {
  std::vector<OperatorReport> reports;
  for (const auto& w : taps)
    reports.push_back(analyze({"", "", 0, {}, {}, {}, tmm::model::DType::float32, w}));
  return reports;
}

}  // namespace

TEST_CASE("operators are counted by how invertible they are") {
  std::vector<double> one_of_eleven(12, 0.0);  // z·(10 + z^10): N = 1 of 11 possible zeros
  one_of_eleven[1] = 10, one_of_eleven[11] = 1;
  const auto reports = reports_of({{1, 0.5}, {0.5, 1}, {1, 1}, one_of_eleven, {2}});
  const ModelSummary summary = summarize(reports);
  CHECK(summary.operators == 5);
  CHECK(summary.invertible == 2);
  CHECK(summary.nearly == 1);
  CHECK(summary.not_invertible == 1);
  CHECK(summary.not_fredholm == 1);
  CHECK(summary.undecided == 0);
}

TEST_CASE("the median runs over what is a number, and averages the middle two") {
  const auto reports = reports_of({{1, 0.5}, {0.5, 1}, {1, 1}});  // fractions 0, 1, none
  REQUIRE(median(reports, "winding_fraction"));
  CHECK(median(reports, "winding_fraction")->value == 0.5);
  CHECK_FALSE(median(reports, "absent"));
  CHECK_FALSE(median({}, "winding_fraction"));
}

TEST_CASE("the median of exact zeros is exactly 0, and any other carries the errors of the values") {
  const auto zeros = reports_of({{1, 0.5}, {2, 0.5}, {3, 0.5}});
  CHECK(median(zeros, "winding_fraction")->value == 0);
  CHECK(median(zeros, "winding_fraction")->error == 0);
  auto reports = reports_of({{1}, {2}, {4}, {8}});
  for (std::size_t i = 0; i < reports.size(); ++i)
    reports[i].measures = {{"x", {static_cast<double>(i), Status::numerical, i == 2 ? 0.25 : 0, ""}}};
  const auto middle = median(reports, "x");  // of 0, 1, 2 ± 0.25, 3
  CHECK(middle->value == 1.5);
  CHECK(middle->error == Approx(0.125).epsilon(1e-14));
  for (OperatorReport& report : reports) report.measures = {{"x", {HUGE_VAL, Status::certified, 0, ""}}};
  CHECK(std::isinf(median(reports, "x")->value));
  CHECK(median(reports, "x")->error == 0);
}

TEST_CASE("an undecided index or measure is noticed") {
  auto reports = reports_of({{1, 0.5}});
  CHECK_FALSE(has_undecided(reports[0]));
  reports[0].measures[0].measure = Measure::undecided("why");
  CHECK(has_undecided(reports[0]));
}
