// SPDX-License-Identifier: MIT
#include "io/report/cost_report.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace tmm;
using Catch::Contains;

namespace {

const double unknown = std::nan("");

io::GroupedRun run_of(const std::string& group, const std::string& name, double last_loss, double flops,
                      double parameters = 100) {
  return {group,
          "task copy",
          {name, parameters, {{0, 4, 0 * flops, 0, 1 << 20}, {10, last_loss, flops, 2, 2 << 20}}}};
}

}  // namespace

TEST_CASE("costs: groups of what was trained on the same, at the budget that all reach") {
  const io::CostReport report = io::cost_report(
      {run_of("a", "a-1", 1, 100), run_of("a", "a-2", 2, 100), run_of("b", "b-1", 2, 200, 150)});
  REQUIRE(report.parts.size() == 1);
  CHECK(report.remarks.empty());
  const std::string text = io::cost_table(report, 80);
  CHECK_THAT(text, Contains("validation loss against cost: task copy\n"));
  CHECK_THAT(text, Contains("a     2         100         100         2     2\n"));
  CHECK_THAT(text, Contains("b     1         150         200         2     2\n"));
  CHECK_THAT(text, Contains("a   1.5 ± 6.4   1.5 ± 6.4  1.5 ± 6.4\n"));
  CHECK_THAT(text, Contains("b           2           3          2\n"));  // half-way of 4 and 2
  CHECK_THAT(text, Contains("No two groups have equal parameters within 10 %"));
  const auto json = nlohmann::json::parse(io::cost_json(report, 1));
  CHECK(json["parts"][0]["flops_budget"] == 100);
  CHECK(json["parts"][0]["groups"][1]["loss_at_flops"]["mean"] == 3);
  CHECK(json["parts"][0]["groups"][1]["loss_at_flops"]["lower"].is_null());
  CHECK(json["parts"][0]["groups"][0]["runs"][1]["points"][1] ==
        nlohmann::json::array({10, 2, 100, 2, 2 << 20}));
}

TEST_CASE("costs: runs without them are named, and without any there is no table") {
  auto old = run_of("b", "old", 1, unknown);
  io::GroupedRun lossless{"b", "task copy", {"lossless", 1, {}}};
  const io::CostReport mixed = io::cost_report({run_of("a", "a-1", 1, 100), old, lossless});
  CHECK(io::has_costs(mixed));
  const std::string text = io::cost_table(mixed, 80);
  CHECK_THAT(text, Contains("! 1 of 3 runs have no losses on validation data") &&
                       Contains("! 1 of 3 runs have no costs"));
  CHECK_THAT(text, !Contains("nan"));
  const auto json = nlohmann::json::parse(io::cost_json(mixed, 1));
  CHECK(json["parts"][0]["flops_budget"].is_null());
  const io::CostReport none = io::cost_report({old});
  CHECK_FALSE(io::has_costs(none));
  CHECK_THAT(io::cost_table(none, 80), Catch::StartsWith("! 1 of 1 runs have no costs recorded"));
  CHECK(io::cost_table({}, 80).empty());
}
