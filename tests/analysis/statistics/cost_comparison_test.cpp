// SPDX-License-Identifier: MIT
#include "analysis/statistics/cost_comparison.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace tmm::analysis;

namespace {

/// Losses 8, 4, 2 after 0, 10 and 20 steps of so many operations.
CostRun run_of(double flops, double factor = 1, double parameters = 100) {
  CostRun run{"run", parameters, {}};
  double loss = 8 * factor;
  for (int i = 0; i < 3; ++i, loss /= 2)
    run.points.push_back({10U * static_cast<unsigned>(i), loss, 10 * i * flops, 2.0 * i, 1000.0 + i});
  return run;
}

}  // namespace

TEST_CASE("a loss at a budget is linear between the points around it, and unknown outside them") {
  const CostRun run = run_of(5);
  CHECK(*loss_at(run, &CostPoint::flops, 0) == 8);
  CHECK(*loss_at(run, &CostPoint::flops, 25) == 6);
  CHECK(*loss_at(run, &CostPoint::flops, 75) == 3);
  CHECK(*loss_at(run, &CostPoint::flops, 100) == 2);
  CHECK_FALSE(loss_at(run, &CostPoint::flops, 101));
  CHECK_FALSE(loss_at(run, &CostPoint::flops, -1));
}

TEST_CASE("groups are compared at the largest budget that all their runs reach") {
  const std::vector<CostGroup> groups{{"cheap", {run_of(5), run_of(5, 1.5)}}, {"dear", {run_of(10)}}};
  const CostComparison costs = compare_costs(groups);
  CHECK(*costs.flops_budget == 100);
  CHECK(*costs.seconds_budget == 4);
  CHECK(costs.groups[0].loss_at_flops->mean == 2.5);  // 2 and 3, at their end
  CHECK(costs.groups[1].loss_at_flops->mean == 4);    // half-way
  CHECK(costs.groups[1].loss->mean == 2);
  CHECK(costs.groups[0].flops->mean == 100);
  CHECK(costs.groups[0].peak_bytes->mean == 1002);
  // s = 1/√2, t = 12.7062 with one degree of freedom: 12.7062·(1/√2)/√2
  CHECK(costs.groups[0].loss->half() == Approx(6.353102).epsilon(1e-6));
  CHECK(std::isnan(costs.groups[1].loss->half()));
}

TEST_CASE("runs without recorded costs or losses make no comparison of costs") {
  CostRun old = run_of(5);
  for (CostPoint& point : old.points) point.flops = std::numeric_limits<double>::quiet_NaN();
  const std::vector<CostGroup> groups{{"new", {run_of(5)}}, {"old", {old}}, {"none", {{"run", 7, {}}}}};
  const CostComparison costs = compare_costs(groups);
  CHECK_FALSE(costs.flops_budget);
  CHECK_FALSE(costs.groups[0].loss_at_flops);
  CHECK_FALSE(costs.groups[1].flops);
  CHECK(costs.groups[1].loss_at_seconds->mean == 2);
  CHECK(costs.groups[2].runs == 0);
  CHECK_FALSE(costs.groups[2].loss);
}

TEST_CASE("groups of equal parameters lie within the tolerance, each in one set") {
  std::vector<CostGroup> groups;
  for (const double parameters : {109.0, 200.0, 100.0, 219.0, 500.0})
    groups.push_back({"", {run_of(1, 1, parameters)}});
  using Sets = std::vector<std::vector<std::size_t>>;
  CHECK(compare_costs(groups, 0.1).equal_parameters == Sets{{2, 0}, {1, 3}});
  CHECK(compare_costs(groups, 0.01).equal_parameters.empty());
}
