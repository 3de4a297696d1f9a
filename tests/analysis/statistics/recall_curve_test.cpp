// SPDX-License-Identifier: MIT
#include "analysis/statistics/recall_curve.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/statistics/context_gain.hpp"
#include "model/base/error.hpp"
#include "model/training/task_tokens.hpp"

using namespace tmm::analysis;
using tmm::model::TokenLoss;

TEST_CASE("a curve counts every answer once, at its distance, its octave and its position") {
  const tmm::model::TaskTokens task(
      {.task = tmm::model::Task::induction, .vocabulary = 21, .length = 70, .pairs = 6}, 1);
  RecallCurve curve;
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> expected;
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto s = task.draw(0, i);
    std::vector<TokenLoss> losses(s.ids.size());
    for (std::size_t t = 0; t < losses.size(); ++t) {
      if (s.labels[t] < 0) continue;
      losses[t] = {1, true, s.distances[t] < 20 || t % 3 == 0};
      ++expected[s.distances[t]].first;
      expected[s.distances[t]].second += losses[t].correct ? 1 : 0;
    }
    curve.add(losses, s.distances, losses.size());
  }
  REQUIRE(curve.by_distance().size() == expected.size());
  for (const auto& [distance, counts] : expected) {
    CHECK(curve.by_distance().at(distance).answers() == counts.first);
    CHECK(curve.by_distance().at(distance).correct() == counts.second);
  }
  std::uint64_t octaves = 0, positions = 0;
  for (const auto& octave : curve.by_octave()) {
    octaves += octave.share.answers();
    CHECK(curve.by_distance().contains(static_cast<std::uint32_t>(octave.first)));
    CHECK(curve.by_distance().contains(static_cast<std::uint32_t>(octave.last)));
    CHECK((octave.first <= octave.last && octave.last < 2 * octave.first));
  }
  for (const AnswerShare& share : curve.by_position()) positions += share.answers();
  CHECK(octaves == 240);
  CHECK(positions == 240);
  CHECK(curve.all().answers() == 240);
  CHECK(curve.by_octave().front().share.share() == 1);
}

TEST_CASE(
    "a loss that falls with the logarithm of the position has that slope, and late less early its score") {
  const std::size_t length = 128;
  ContextGainTotals totals(length);
  for (int sequence = 0; sequence < 5; ++sequence) {
    std::vector<TokenLoss> losses(length);
    for (std::size_t t = 0; t + 1 < length; ++t)
      losses[t] = {3 + 0.1 * sequence - 0.25 * std::log(static_cast<double>(t + 1)), true, false};
    totals.add(losses);
  }
  const auto gain = totals.result();
  CHECK(gain.sequences == 5);
  CHECK(gain.slope.value == Approx(-0.25).epsilon(1e-12));
  CHECK(std::fabs(gain.slope.standard_error) < 1e-14);
  double early = 0, late = 0;
  for (std::size_t t = 8; t < 24; ++t) early += 3.2 - 0.25 * std::log(static_cast<double>(t + 1));
  for (std::size_t t = 111; t < 127; ++t) late += 3.2 - 0.25 * std::log(static_cast<double>(t + 1));
  CHECK(gain.early.value == Approx(early / 16));
  CHECK(gain.late.value == Approx(late / 16));
  CHECK(gain.score.value == Approx((late - early) / 16));
  // Sequences 0, 0.1 … 0.4 above each other: standard deviation 0.1·√2.5.
  CHECK(gain.early.standard_error == Approx(0.1 * std::sqrt(2.5 / 5)));
  CHECK(std::fabs(gain.score.standard_error) < 1e-14);
}

TEST_CASE("sequences without labels early and late say nothing of what context is worth") {
  ContextGainTotals totals(16);
  std::vector<TokenLoss> losses(16);
  losses[1] = {1, true, true};
  totals.add(losses);
  CHECK(totals.result().sequences == 0);
  CHECK(std::isnan(totals.result().score.value));
  losses[14] = {0.5, true, true};
  totals.add(losses);
  CHECK(totals.result().sequences == 1);
  CHECK(totals.result().score.value == -0.5);
  CHECK(std::isnan(totals.result().score.standard_error));
  CHECK_THROWS_AS(ContextGainTotals(15), tmm::ArgumentError);
}
