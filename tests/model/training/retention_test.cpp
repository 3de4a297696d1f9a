// SPDX-License-Identifier: MIT
#include "model/training/retention.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "model/base/error.hpp"
#include "model/network/initialisation.hpp"
#include "model/network/network_sizes.hpp"
#include "model/network/objective.hpp"
#include "model/network/parameters.hpp"
#include "model/pass/forward_pass.hpp"
#include "model/training/operation_count.hpp"
#include "model/training/trainer.hpp"

using namespace tmm::model;
using Catch::Contains;

namespace {

constexpr std::size_t v = 7, n = 10, m = 8;

template <class T>
Tmm<T> language_model(const std::string& variant, std::size_t d = 8) {
  NetworkSizes sizes;
  sizes.embedding = d;
  sizes.context = n;
  sizes.vocabulary = v;
  sizes.blocks = 2;
  sizes.heads = variant == "heads" ? 2 : 1;
  sizes.expanded = variant == "expanded";
  sizes.tied = variant == "tied";
  auto network = zero_network<T>(plan_architecture(sizes));
  initialise(network, Initialisation::reference, 3);
  return network;
}

template <class T>
Tmm<T> retention_network(const Tmm<T>& encoder, const RetentionSizes& sizes) {
  auto network = zero_network<T>(retention_architecture(encoder.architecture, sizes, "encoder.h5"));
  initialise(network, Initialisation::reference, 5);
  place_encoder(encoder, network);
  return network;
}

TokenBatch some_batch(std::size_t sequences) {
  TokenBatch batch{sequences, {}, {}};
  for (std::size_t i = 0; i < sequences * m; ++i)
    batch.ids.push_back(static_cast<std::int32_t>((i * i * 5 + i / 3) % v));
  batch.labels = make_labels(batch.ids, m, Objective::autoencoder);
  return batch;
}

bool of_encoder(const std::string& tensor) {
  return tensor == "wte.weight" || tensor.starts_with("encoderblocks.");
}

/// Every variant of encoder under every decoder that it can have.
std::vector<std::pair<std::string, RetentionSizes>> kinds() {
  using enum DecoderMixing;
  return {{"flat", {m, 1, 1, toeplitz}},
          {"heads", {m, 2, 2, toeplitz}},
          {"expanded", {m, 1, 2, toeplitz}},
          {"tied", {m, 1, 1, dense}},
          {"heads", {m, 2, 1, dense}}};
}

std::string error_of(const Architecture& encoder, const RetentionSizes& sizes) {
  try {
    retention_architecture(encoder, sizes, "encoder.h5");
  } catch (const tmm::ArgumentError& e) {
    return e.what();
  }
  return "none";
}

/// The residual stream after the blocks of an encoder.
class Outputs : public ForwardObserver<double> {
 public:
  void block_output(std::size_t block, std::size_t, MatrixView<const double> x) override {
    for (std::size_t t = 0; t < x.rows; ++t)
      streams[block].insert(streams[block].end(), x.row(t), x.row(t) + x.cols);
  }
  std::map<std::size_t, std::vector<double>> streams;
};

Outputs outputs_of(const Tmm<double>& network, const std::vector<std::int32_t>& ids) {
  const ForwardPass<double> pass(network, m);
  auto workspace = pass.make_workspace(m, 1);
  Outputs outputs;
  pass.run(ids, 1, workspace, 1, &outputs);
  return outputs;
}

}  // namespace

TEST_CASE("an encoder cut to shorter sequences computes on them what the whole one does") {
  for (const auto& [variant, sizes] : kinds()) {
    INFO(variant);
    const auto encoder = language_model<double>(variant);
    const auto network = retention_network(encoder, sizes);
    CHECK(network.encoder_blocks == 2);
    CHECK(network.blocks.size() == 2 + sizes.blocks);
    CHECK(network.architecture.form.code_from_end == sizes.code_from_end);
    const auto ids = some_batch(1).ids;
    const auto whole = outputs_of(encoder, ids), part = outputs_of(network, ids);
    for (const std::size_t block : {0U, 1U}) {
      const auto &a = whole.streams.at(block), &b = part.streams.at(block);
      REQUIRE(a.size() == b.size());
      for (std::size_t i = 0; i < a.size(); ++i)
        CHECK(std::fabs(a[i] - b[i]) <= 1e-12 * (1 + std::fabs(a[i])));
    }
  }
}

TEST_CASE("the gradient of a decoder is that of finite differences, the encoder has none") {
  for (const auto& [variant, sizes] : kinds()) {
    INFO(variant);
    auto network = retention_network(language_model<double>(variant), sizes);
    const auto batch = some_batch(3);
    auto gradient = network;
    GradientPass<double> pass(network, 3, m, 1, GradientScope::decoder);
    pass.run(batch, gradient);
    std::map<std::string, std::span<const double>> slopes;
    for_each_parameter(std::as_const(gradient),
                       [&](const std::string& tensor, const auto&, std::span<const double> values) {
                         slopes[tensor] = values;
                       });
    auto unused = network;
    for_each_parameter(network, [&](const std::string& tensor, const auto&, std::span<double> values) {
      INFO(tensor);
      for (std::size_t i = 0; i < values.size(); i += 1 + values.size() / 3) {
        if (of_encoder(tensor)) {
          CHECK(slopes[tensor][i] == 0);
          continue;
        }
        const double x = values[i], step = 1e-5;
        double losses[2];
        for (const int side : {0, 1}) {
          values[i] = x + (side == 0 ? -step : step);
          pass.update();
          losses[side] = pass.run(batch, unused);
        }
        values[i] = x;
        // Truncation step² and rounding 1e-16/step of losses of size 10 leave 1e-9; the rest is the third
        // derivative.
        const bool masked = tensor.ends_with("conv.weight") && i % m > i / m % m;
        if (!masked)
          CHECK(std::fabs((losses[1] - losses[0]) / (2 * step) - slopes[tensor][i]) <=
                1e-6 * (1 + std::fabs(slopes[tensor][i])));
      }
      pass.update();
    });
  }
}

TEST_CASE("training a decoder leaves embedding and encoder as they are, bit for bit") {
  for (const auto& [variant, sizes] : kinds()) {
    INFO(variant);
    const auto start = retention_network(language_model<float>(variant), sizes);
    TrainerOptions options;
    options.frozen_encoder = true;
    options.schedule = {0.01, 0, 5, Decay::constant};
    options.adamw.weight_decay = 0.5;
    options.sequences = 4;
    options.length = m;
    Trainer<float> trainer({start, AdamWState<float>(start.architecture)}, options);
    for (int i = 0; i < 5; ++i) REQUIRE(trainer.step(some_batch(4)).finite);
    CHECK(same_encoder(trainer.network(), start));
    CHECK(same_encoder(trainer.state().parameters, start));
    for (const auto* after : {&trainer.network(), &trainer.state().parameters}) {
      std::map<std::string, std::vector<float>> before;
      for_each_parameter(start, [&](const std::string& t, const auto&, std::span<const float> x) {
        before[t] = {x.begin(), x.end()};
      });
      for_each_parameter(*after, [&](const std::string& t, const auto&, std::span<const float> x) {
        INFO(t);
        CHECK(of_encoder(t) == (before[t] == std::vector<float>(x.begin(), x.end())));
      });
    }
  }
}

TEST_CASE("a decoder learns to give back what a copying encoder's vector holds") {
  // Two tokens a sequence, and a vector that holds both: nothing stands in the way of a loss of nearly 0.
  auto encoder = language_model<float>("flat", 16);
  const auto start = retention_network(encoder, {2, 2, 1, DecoderMixing::toeplitz});
  TrainerOptions options;
  options.frozen_encoder = true;
  options.schedule = {0.01, 10, 500, Decay::linear};
  options.sequences = v * v;
  options.length = 2;
  TokenBatch batch{v * v, {}, {}};
  for (std::size_t i = 0; i < v * v; ++i)
    for (const std::size_t token : {i / v, i % v}) batch.ids.push_back(static_cast<std::int32_t>(token));
  batch.labels = make_labels(batch.ids, 2, Objective::autoencoder);
  Trainer<float> trainer({start, AdamWState<float>(start.architecture)}, options);
  double loss = 0;
  for (int i = 0; i < 500; ++i) loss = trainer.step(batch).loss;
  CHECK(loss < 0.1);
}

TEST_CASE("a block of a frozen encoder costs a step its way forth alone, a third of a trained one") {
  const auto cost = [](std::size_t blocks, bool frozen) {
    NetworkSizes sizes;
    sizes.context = n;
    sizes.blocks = blocks;
    const auto encoder = plan_architecture(sizes);
    return training_step_operations(retention_architecture(encoder, {m, 1}, ""), 3, m, frozen);
  };
  CHECK(cost(3, false) - cost(2, false) == 3 * (cost(3, true) - cost(2, true)));
}

TEST_CASE("encoders that cannot be continued are refused") {
  const auto flat = language_model<float>("flat").architecture;
  CHECK_THAT(error_of(flat, {n + 1, 1}), Contains("fewer positions") && Contains("n = 10"));
  CHECK_THAT(error_of(flat, {1, 1, 2}), Contains("2 tokens"));
  CHECK_THAT(error_of(language_model<float>("flat", 7).architecture, {m, 1}), Contains("even d"));
  CHECK_THAT(error_of(plan_architecture({.mixing = "dense"}), {m, 1}), Contains("dense causal matrices"));
  NetworkSizes sizes;
  sizes.mixing = "attention";
  CHECK_THAT(error_of(plan_architecture(sizes), {m, 1}), Contains("attention") && Contains("TMM"));
  sizes.mixing = "toeplitz";
  sizes.family = "first-tmm";
  CHECK_THAT(error_of(plan_architecture(sizes), {m, 1}), Contains("first TMM"));
  const auto language = language_model<float>("flat");
  CHECK_THROWS_AS(GradientPass<float>(language, 1, m, 1, GradientScope::decoder), tmm::ArgumentError);
}
