// SPDX-License-Identifier: MIT
#include "analysis/statistics/summary.hpp"

#include <catch2/catch.hpp>

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
  CHECK(median(reports, "winding_fraction") == 0.5);
  CHECK(median(reports, "absent") == std::nullopt);
  CHECK(median({}, "winding_fraction") == std::nullopt);
}

TEST_CASE("an undecided index or measure is noticed") {
  auto reports = reports_of({{1, 0.5}});
  CHECK_FALSE(has_undecided(reports[0]));
  reports[0].measures[0].measure = Measure::undecided("why");
  CHECK(has_undecided(reports[0]));
}
