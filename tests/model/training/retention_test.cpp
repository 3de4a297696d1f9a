// SPDX-License-Identifier: MIT
#include "model/training/retention.hpp"

#include <catch2/catch.hpp>

#include "model/base/error.hpp"
#include "model/network/initialisation.hpp"
#include "model/network/network_sizes.hpp"
#include "model/network/objective.hpp"
#include "model/training/operation_count.hpp"
#include "model/training/retention_networks.hpp"
#include "model/training/trainer.hpp"

using namespace tmm;
using namespace tmm::model;
using Catch::Contains;
using test::retention_network;

namespace {

constexpr std::size_t v = 7, n = 10, m = 8;

TokenBatch some_batch(std::size_t sequences) {
  return test::retention_batch(sequences, m, v);
}

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

}  // namespace

TEST_CASE("an encoder cut to shorter sequences computes on them what the whole one does") {
  for (const auto& [variant, sizes] : kinds()) {
    INFO(variant);
    const auto encoder = language_model<double>(variant);
    const auto network = retention_network(encoder, sizes);
    CHECK(network.encoder_blocks == 2);
    CHECK(network.blocks.size() == 2 + sizes.blocks);
    CHECK(network.architecture.form.code_from_end == sizes.code_from_end);
    CHECK(test::same_stream(encoder, network, some_batch(1).ids));
  }
}

TEST_CASE("the gradient of a decoder is that of finite differences, the encoder has none") {
  for (const auto& [variant, sizes] : kinds()) {
    INFO(variant);
    test::check_decoder_gradient(retention_network(language_model<double>(variant), sizes), some_batch(3));
  }
}

TEST_CASE("training a decoder leaves embedding and encoder as they are, bit for bit") {
  for (const auto& [variant, sizes] : kinds()) {
    INFO(variant);
    const auto start = retention_network(language_model<float>(variant), sizes);
    test::check_frozen_training(start, some_batch(4));
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
  const auto language = language_model<float>("flat");
  CHECK_THROWS_AS(GradientPass<float>(language, 1, m, 1, GradientScope::decoder), tmm::ArgumentError);
}
