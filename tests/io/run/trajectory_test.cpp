// SPDX-License-Identifier: MIT
#include "io/run/trajectory.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "io/checkpoint/checkpoint.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;

TEST_CASE("a trajectory file gives the operators of every step") {
  const std::string file = test::shared_file("checkpoints/clm_flat.trajectory.h5");
  if (file.empty()) {
    WARN("no reference trajectory here: skipped");
    return;
  }
  CHECK(io::is_trajectory(io::read_header(file)));
  const auto steps = io::read_trajectory(file);
  REQUIRE(steps.size() > 30);
  CHECK(steps.front().step == 0);
  CHECK(steps.back().step == 5321);
  CHECK(std::ranges::is_sorted(steps, {}, &analysis::RecordedStep::step));
  for (const auto& step : steps) {
    REQUIRE(step.layers.size() == 8);
    CHECK(step.layers[7].block == 7);
    CHECK(step.layers[7].taps.size() == 256);
  }
  CHECK(steps.front().layers[0].taps != steps.back().layers[0].taps);
}

TEST_CASE("a checkpoint is no trajectory") {
  const std::string path = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";
  CHECK_FALSE(io::is_trajectory(io::read_header(path)));
  CHECK_THROWS_AS(io::read_trajectory(path), FormatError);
}
