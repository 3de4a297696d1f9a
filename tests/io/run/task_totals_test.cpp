// SPDX-License-Identifier: MIT
#include "io/run/task_totals.hpp"

#include <catch2/catch.hpp>

#include "io/tokens/task_sequences.hpp"
#include "model/network/network_sizes.hpp"
#include "model/pass/evaluator.hpp"

using namespace tmm;

namespace {

constexpr std::size_t v = 6, n = 12;

/// One block that adds `gain` times what stood n/2 − 1 places before; embeddings one-hot.
model::Tmm<float> shifting_network(float gain) {
  model::NetworkSizes sizes;
  sizes.embedding = sizes.vocabulary = v;
  sizes.context = n;
  sizes.blocks = 1;
  auto network = model::zero_network<float>(model::plan_architecture(sizes));
  for (std::size_t i = 0; i < v; ++i)
    network.embedding[i * v + i] = network.output[i * v + i] = gain == 0 ? 0 : 1;
  auto& block = network.blocks.front();
  for (auto* norm : {&block.channel_norm, &block.token_norm})
    std::fill(norm->weight.begin(), norm->weight.end(), 1.0F);
  block.token_mixer.first.weight[n / 2 - 1] = gain;
  return network;
}

io::TaskReport report_of(const model::Tmm<float>& network, const model::TaskSizes& sizes, std::size_t count) {
  const auto set = io::draw_sequences(model::TaskTokens(sizes, 1), io::evaluation_stream, 0, count);
  io::TaskTotals totals(sizes, 1, set.length);
  model::Evaluator<float> evaluator(network, set.length, 1);
  for (std::size_t first = 0; first < count; first += 50) {  // in batches
    const auto batch = io::make_batch(set, first, 50, model::Objective::clm);
    std::vector<model::TokenLoss> losses(batch.ids.size());
    evaluator.run(batch, losses);
    totals.add(set, first, batch, losses);
  }
  return totals.report();
}

}  // namespace

TEST_CASE("a network that shifts by half a sequence copies without a mistake") {
  const model::TaskSizes sizes{.task = model::Task::copy, .vocabulary = v, .length = n};
  const auto report = report_of(shifting_network(20), sizes, 200);
  CHECK(report.curve.all().answers() == 1200);
  CHECK(report.curve.all().correct() == 1200);
  CHECK(report.loss < 1e-6);
  REQUIRE(report.curve.by_distance().size() == 1);
  CHECK(report.curve.by_distance().begin()->first == n / 2 - 1);
}

TEST_CASE("a network that always says the same is right as often as chance has it") {
  const model::TaskSizes sizes{.task = model::Task::copy, .vocabulary = v, .length = n};
  const auto report = report_of(shifting_network(0), sizes, 1000);
  const auto [low, high] = report.curve.all().interval();
  CHECK(report.chance == Approx(1.0 / v));
  CHECK((low <= report.chance && report.chance <= high));
  CHECK(high - low < 0.03);
  CHECK(report.loss == Approx(std::log(static_cast<double>(v))));
}

TEST_CASE("tasks are drawn from another stream for each purpose") {
  CHECK(io::training_stream != io::validation_stream);
  CHECK(io::training_stream != io::evaluation_stream);
  CHECK(io::validation_stream != io::evaluation_stream);
  const model::TaskTokens task({.task = model::Task::selective_copy, .vocabulary = 30, .length = 20}, 1);
  const auto all = io::draw_sequences(task, 2, 0, 5), tail = io::draw_sequences(task, 2, 3, 2);
  CHECK(std::equal(tail.ids.begin(), tail.ids.end(), all.ids.begin() + 60));
  CHECK(std::equal(tail.labels.begin(), tail.labels.end(), all.labels.begin() + 60));
}
