// SPDX-License-Identifier: MIT
#include "analysis/statistics/trajectory.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "model/base/error.hpp"

using namespace tmm::analysis;

namespace {

RecordedStep step(std::uint64_t number, const std::vector<std::vector<double>>& taps) {
  RecordedStep recorded{number, {}};
  for (const auto& w : taps)
    recorded.layers.push_back({"",
                               "mixer_blocks",
                               static_cast<int>(recorded.layers.size()),
                               {},
                               {},
                               {},
                               tmm::model::DType::float32,
                               w});
  return recorded;
}

}  // namespace

TEST_CASE("a trajectory is the index of every operator at every step, in order") {
  const std::vector<RecordedStep> steps{step(100, {{2, 1, 0}, {0, 1, 0}}), step(0, {{1, 0, 2}, {1, 1, 0}})};
  const Trajectory trajectory = trace("run", steps, 2);
  REQUIRE(trajectory.points.size() == 2);
  CHECK(trajectory.points[0].step == 0);
  CHECK(trajectory.points[0].operators[0].winding.number == 2);     // 1 + 2z²: both zeros inside
  CHECK(std::isnan(trajectory.points[0].operators[1].fraction()));  // 1 + z vanishes on the circle
  CHECK(trajectory.points[1].operators[0].fraction() == 0);
  CHECK(trajectory.points[1].operators[1].fraction() == 0.5);
  CHECK(trajectory.points[1].operators[1].layer == "1");

  const std::vector<Trajectory> group{trajectory, trace("other", {{step(100, {{1, 0, 2}})}})};
  const auto result = bands(group);
  REQUIRE(result.size() == 2);
  CHECK(result[0].models == 1);
  CHECK(result[0].fraction.count == 1);
  CHECK(result[1].step == 100);
  CHECK(result[1].models == 2);
  CHECK(result[1].fraction.median == 0.5);
  CHECK(result[1].fraction.maximum == 1);
}

TEST_CASE("a recorded weight that is no number is an error") {
  CHECK_THROWS_AS(trace("run", {{step(0, {{NAN, 1}})}}), tmm::ArgumentError);
}
