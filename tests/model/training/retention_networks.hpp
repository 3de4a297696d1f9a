// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "model/network/initialisation.hpp"
#include "model/network/objective.hpp"
#include "model/network/parameters.hpp"
#include "model/pass/forward_pass.hpp"
#include "model/training/retention.hpp"
#include "model/training/trainer.hpp"

/// Autoencoders with a frozen encoder, and what must hold of each of them.
namespace tmm::test {

template <class T>
model::Tmm<T> retention_network(const model::Tmm<T>& encoder, const model::RetentionSizes& sizes) {
  auto network =
      model::zero_network<T>(model::retention_architecture(encoder.architecture, sizes, "encoder.h5"));
  model::initialise(network, model::Initialisation::reference, 5);
  model::place_encoder(encoder, network);
  return network;
}

/// Sequences of m tokens below v, to be given back.
inline model::TokenBatch retention_batch(std::size_t sequences, std::size_t m, std::size_t v) {
  model::TokenBatch batch{sequences, {}, {}};
  for (std::size_t i = 0; i < sequences * m; ++i)
    batch.ids.push_back(static_cast<std::int32_t>((i * i * 5 + i / 3) % v));
  batch.labels = model::make_labels(batch.ids, m, model::Objective::autoencoder);
  return batch;
}

/// The residual stream after the blocks of a network.
class BlockOutputs : public model::ForwardObserver<double> {
 public:
  BlockOutputs(const model::Tmm<double>& network, const std::vector<std::int32_t>& ids) {
    const model::ForwardPass<double> pass(network, ids.size());
    auto workspace = pass.make_workspace(ids.size(), 1);
    pass.run(ids, 1, workspace, 1, this);
  }
  void block_output(std::size_t block, std::size_t, model::MatrixView<const double> x) override {
    for (std::size_t t = 0; t < x.rows; ++t)
      streams[block].insert(streams[block].end(), x.row(t), x.row(t) + x.cols);
  }
  std::map<std::size_t, std::vector<double>> streams;
};

/// Whether the blocks of an encoder make the same of one sequence by themselves and under a decoder.
inline bool same_stream(const model::Tmm<double>& encoder, const model::Tmm<double>& network,
                        const std::vector<std::int32_t>& ids) {
  const BlockOutputs whole(encoder, ids), part(network, ids);
  bool same = true;
  for (std::size_t block = 0; block < network.encoder_blocks; ++block) {
    const auto &a = whole.streams.at(block), &b = part.streams.at(block);
    same = same && std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
             return std::fabs(x - y) <= 1e-12 * (1 + std::fabs(x));
           });
  }
  return same;
}

template <class T>
bool of_encoder(const model::Tmm<T>& network, const std::string& tensor) {
  const auto names = model::family_of(network.architecture).parameter_names(network.architecture);
  return tensor == names.embedding || tensor.starts_with("encoderblocks.");
}

/// Holds the gradient of a decoder against finite differences, at a few numbers of every tensor.
inline void check_decoder_gradient(model::Tmm<double> network, const model::TokenBatch& batch) {
  auto gradient = network;
  model::GradientPass<double> pass(network, batch.sequences, batch.length(), 1,
                                   model::GradientScope::decoder);
  pass.run(batch, gradient);
  std::map<std::string, std::span<const double>> slopes;
  model::for_each_parameter(std::as_const(gradient), [&](const std::string& tensor, const auto&,
                                                         std::span<const double> x) { slopes[tensor] = x; });
  auto unused = network;
  model::for_each_parameter(network, [&](const std::string& t, const auto& shape, std::span<double> values) {
    INFO(t);
    if (t.ends_with("inv_freq")) return;  // no parameter that is trained
    for (std::size_t i = 0; i < values.size(); i += 1 + values.size() / 3) {
      if (of_encoder(network, t)) {
        CHECK(slopes[t][i] == 0);
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
      const bool masked = shape.size() == 3 && i % shape[1] > i / shape[1];
      if (!masked)
        CHECK(std::fabs((losses[1] - losses[0]) / (2 * step) - slopes[t][i]) <=
              1e-6 * (1 + std::fabs(slopes[t][i])));
    }
    pass.update();
  });
}

/// Trains a few steps: embedding and encoder stay, bit for bit, everything else moves, and the loss falls.
inline void check_frozen_training(const model::Tmm<float>& start, const model::TokenBatch& batch) {
  model::TrainerOptions options;
  options.frozen_encoder = true;
  options.schedule = {0.01, 0, 5, model::Decay::constant};
  options.adamw.weight_decay = 0.5;
  options.sequences = batch.sequences;
  options.length = batch.length();
  model::Trainer<float> trainer({start, model::AdamWState<float>(start.architecture)}, options);
  std::vector<double> losses;
  for (int i = 0; i < 5; ++i) {
    const auto step = trainer.step(batch);
    REQUIRE(step.finite);
    losses.push_back(step.loss);
  }
  CHECK(losses.back() < losses.front());
  CHECK(model::same_encoder(trainer.network(), start));
  CHECK(model::same_encoder(trainer.state().parameters, start));
  std::map<std::string, std::vector<float>> before;
  model::for_each_parameter(start, [&](const std::string& t, const auto&, std::span<const float> x) {
    before[t] = {x.begin(), x.end()};
  });
  for (const auto* after : {&trainer.network(), &trainer.state().parameters})
    model::for_each_parameter(*after, [&](const std::string& t, const auto&, std::span<const float> x) {
      INFO(t);
      CHECK(of_encoder(start, t) == (before[t] == std::vector<float>(x.begin(), x.end())));
    });
}

}  // namespace tmm::test
