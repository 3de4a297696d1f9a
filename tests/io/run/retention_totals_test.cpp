// SPDX-License-Identifier: MIT
#include "io/run/retention_totals.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

using namespace tmm;

TEST_CASE("bits recovered are the tokens' entropy less the loss, chance is the most frequent token") {
  io::TrainingConfig config;
  config.vocabulary = 16;
  io::RetentionTotals totals(config, 4);
  // ½, ¼, ⅛, ⅛: 1.75 bits. A loss of ln 2 leaves 0.75 of them.
  const std::vector<std::int32_t> labels{0, 0, 1, 2, 0, 0, 1, 3};
  std::vector<model::TokenLoss> losses(8);
  for (std::size_t i = 0; i < 8; ++i) losses[i] = {std::numbers::ln2, true, i % 4 == 0};
  totals.add({2, labels, labels}, losses);
  const auto report = totals.report();
  CHECK(report.unigram_entropy == Approx(1.75 * std::numbers::ln2).epsilon(1e-14));
  CHECK(report.bits_recovered() == Approx(0.75).epsilon(1e-14));
  CHECK(report.bits_standard_error() == Approx(0).margin(1e-15));
  CHECK(report.chance == 0.5);
  CHECK(report.curve.by_position()[0].share() == 1);
  CHECK(report.curve.by_position()[1].share() == 0);
  const auto json = io::retention_json(report);
  CHECK(json["uniform_entropy"] == std::log(16.0));
  CHECK(json["accuracy"] == 0.25);
}
