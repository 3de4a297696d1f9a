// SPDX-License-Identifier: MIT
#include "io/report/step_curves.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace tmm;
using io::shown_steps, io::step_curves, io::step_elements;

namespace {

/// `operators` of n taps at every step: 2, 1, 0, …, or 1, 2, 0, … from `turned` on.
std::vector<analysis::RecordedStep> recorded(std::size_t steps, std::size_t operators, std::size_t n,
                                             std::uint64_t turned = 1'000'000) {
  std::vector<analysis::RecordedStep> all;
  for (std::uint64_t step = 0; step < steps; ++step) {
    analysis::RecordedStep at{10 * step, {}};
    for (std::size_t i = 0; i < operators; ++i) {
      model::LayerOperator layer;
      layer.name = "w" + std::to_string(i);
      layer.part = "mixer_blocks";
      layer.block = static_cast<int>(i);
      layer.taps.assign(n, 0);
      layer.taps[0] = at.step < turned ? 2 : 1;
      layer.taps[1] = at.step < turned ? 1 : 2;
      at.layers.push_back(layer);
    }
    all.push_back(at);
  }
  return all;
}

std::vector<std::uint64_t> numbers(const std::vector<analysis::RecordedStep>& steps) {
  std::vector<std::uint64_t> all;
  for (const auto& at : steps) all.push_back(at.step);
  return all;
}

}  // namespace

TEST_CASE("of a trajectory the first step, the last and at most ten evenly between are shown") {
  CHECK(shown_steps({}).empty());
  CHECK(numbers(shown_steps(recorded(1, 1, 4))) == std::vector<std::uint64_t>{0});
  CHECK(numbers(shown_steps(recorded(3, 1, 4))) == std::vector<std::uint64_t>{0, 10, 20});
  CHECK(numbers(shown_steps(recorded(23, 1, 4))) ==
        std::vector<std::uint64_t>{0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220});
  auto reversed = recorded(3, 1, 4);
  std::swap(reversed.front(), reversed.back());
  CHECK(numbers(shown_steps(reversed)) == std::vector<std::uint64_t>{0, 10, 20});
  // 64 operators of 1024 weights at four steps are all that a page takes.
  CHECK(numbers(shown_steps(recorded(10, 63, 1024))) == std::vector<std::uint64_t>{0, 30, 60, 90});
  CHECK(numbers(shown_steps(recorded(10, 300, 1024))) == std::vector<std::uint64_t>{0, 90});
}

TEST_CASE("curves of a trajectory have its certified indices, and what a page leaves out is counted") {
  const auto steps = recorded(3, 2, 4, 20);
  const auto curves = step_curves(analysis::trace("t.h5", steps), steps, 7);
  REQUIRE(curves.operators.size() == 2);
  REQUIRE(curves.operators[1].steps.size() == 3);
  CHECK(curves.operators[1].layer == "1");
  CHECK(curves.operators[1].steps[1].winding.number == 0);
  CHECK(curves.operators[1].steps[2].winding.number == 1);
  CHECK(curves.operators[1].steps[2].taps == std::vector<double>{1, 2, 0, 0});
  CHECK(curves.left_out == 0);
  const auto elements = step_elements(curves, 4);
  REQUIRE(elements.size() == 3);
  CHECK(elements[0].first == "steps-4");
  CHECK(elements[0].second.find("\"recorded\": 7") != std::string::npos);
  CHECK(elements[2].first == "steps-4-1");
  CHECK(elements[2].second.find("\"status\": \"certified\", \"number\": 1, ") != std::string::npos);
  CHECK(elements[2].second.find("\"inside\": 1, \"outside\": 0") != std::string::npos);

  const auto many = recorded(2, 129, 1024);
  const auto cut = step_curves(analysis::trace("t.h5", many), many, 2);
  CHECK(cut.operators.size() == 128);
  CHECK(cut.left_out == 1);
}

TEST_CASE("one step, or no operator with a symbol, has nothing to slide along") {
  const auto one = recorded(1, 1, 4);
  CHECK(step_elements(step_curves(analysis::trace("t.h5", one), one, 1), 0).empty());
  auto dense = recorded(2, 1, 4);
  for (auto& at : dense) at.layers[0].kind = model::OperatorKind::dense_causal;
  CHECK(step_elements(step_curves(analysis::trace("t.h5", dense), dense, 2), 0).empty());
}
