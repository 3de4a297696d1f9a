// SPDX-License-Identifier: MIT
#include "analysis/statistics/proportion.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "model/base/random_source.hpp"

using namespace tmm::analysis;

TEST_CASE("Wilson's interval has its published values, and solves its quadratic equation") {
  // Newcombe (1998), Statistics in Medicine 17, Table I, method 3.
  const auto published = [](double r, double n, double low, double high) {
    const auto interval = wilson_interval(r / n, n);
    CHECK(std::fabs(interval.low - low) < 5.1e-5);
    CHECK(std::fabs(interval.high - high) < 5.1e-5);
  };
  published(81, 263, 0.2553, 0.3662);
  published(15, 148, 0.0624, 0.1605);
  published(0, 20, 0, 0.1611);
  published(1, 29, 0.0061, 0.1718);
  for (const double p : {0.0, 0.01, 0.3, 0.5, 1.0})
    for (const double n : {1.0, 7.5, 1e6}) {
      const auto interval = wilson_interval(p, n);
      for (const double bound : {interval.low, interval.high}) {
        const double z = 1.959963984540054, square = (bound - p) * (bound - p),
                     spread = z * z * bound * (1 - bound) / n;
        CHECK(std::fabs(square - spread) <= 1e-13);
      }
      CHECK(interval.low <= p);
      CHECK(interval.high >= p);
    }
  CHECK(wilson_interval(std::nan(""), 0).low == 0);
  CHECK(wilson_interval(std::nan(""), 0).high == 1);
}

TEST_CASE("answers that repeat each other count once, independent ones all") {
  AnswerShare repeated, independent, single;
  tmm::model::RandomSource source({1});
  const int sequences = 4000;
  for (int i = 0; i < sequences; ++i) {
    const bool right = source.below(2) == 0;
    repeated.add(10, right ? 10 : 0);
    std::uint64_t count = 0;
    for (int j = 0; j < 10; ++j) count += source.below(2);
    independent.add(10, count);
    single.add(1, right ? 1 : 0);
    single.add(0, 0);
  }
  CHECK(repeated.effective_answers() == Approx(sequences).epsilon(1e-3));
  CHECK(independent.effective_answers() > 0.9 * 10 * sequences);
  CHECK(independent.effective_answers() <= 10 * sequences);
  CHECK(single.effective_answers() == Approx(sequences).epsilon(1e-3));
  CHECK(repeated.share() == single.share());
}

TEST_CASE("where nothing shows how answers depend on each other a sequence counts once") {
  AnswerShare right, wrong, alone, none;
  for (int i = 0; i < 5; ++i) {
    right.add(8, 8);
    wrong.add(8, 0);
  }
  alone.add(8, 3);
  CHECK(right.effective_answers() == 5);
  CHECK(wrong.effective_answers() == 5);
  CHECK(alone.effective_answers() == 1);
  CHECK(std::isnan(none.share()));
  CHECK(none.interval().high == 1);
}

TEST_CASE("the interval holds the true share in 19 of 20 draws, answers dependent or not") {
  tmm::model::RandomSource source({7});
  for (const bool dependent : {false, true}) {
    int holds = 0;
    const int draws = 2000;
    for (int draw = 0; draw < draws; ++draw) {
      AnswerShare share;
      for (int i = 0; i < 60; ++i) {
        // Dependent: a sequence is easy (right with probability 0.9) or hard (0.3), 0.6 in the mean.
        const double p = dependent ? (source.below(2) == 0 ? 0.9 : 0.3) : 0.6;
        std::uint64_t correct = 0;
        for (int j = 0; j < 12; ++j) correct += source.uniform() < p ? 1 : 0;
        share.add(12, correct);
      }
      const auto [low, high] = share.interval();
      holds += low <= 0.6 && 0.6 <= high ? 1 : 0;
    }
    // Standard deviation of the share of draws: 0.5 %.
    CHECK(holds > 0.93 * draws);
    CHECK(holds < 0.99 * draws);
  }
}
