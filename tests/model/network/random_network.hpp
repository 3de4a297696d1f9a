// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "model/checkpoint/state_dict.hpp"
#include "model/network/evaluator.hpp"
#include "model/network/objective.hpp"
#include "networks.hpp"

namespace tmm::test {

/// Every variant of the architecture, small and of awkward sizes: n = 21, d = 12, hidden 40, v = 30.
inline const std::vector<std::string>& variants() {
  static const std::vector<std::string> names = {
      "flat",           "heads", "expanded",    "heads_expanded",    "kernel",
      "parallel_heads", "tied",  "autoencoder", "autoencoder_heads", "autoencoder_compressed"};
  return names;
}

inline bool is_autoencoder(const std::string& variant) {
  return variant.starts_with("autoencoder");
}

inline Infos mixing_of(const std::string& variant, std::size_t n, std::size_t d) {
  const std::size_t heads = 3;
  Infos mixing;
  const auto stages = [&](const std::string& prefix, bool expanded) {
    for (const std::string& stage :
         expanded ? std::vector<std::string>{"0.", "3."} : std::vector<std::string>{""}) {
      add(mixing, prefix + stage + "weight", {1, n});
      add(mixing, prefix + stage + "bias", {n});
    }
  };
  if (variant == "kernel") return flat_mixing(n, 3);
  if (variant == "parallel_heads") {
    add(mixing, "in_proj.weight", {d, d});
    add(mixing, "in_proj.bias", {d});
    add(mixing, "mixer_heads.weight", {heads, n});
    add(mixing, "mixer_heads.bias", {heads, n});
  } else if (variant.find("heads") != std::string::npos) {
    for (std::size_t h = 0; h < heads; ++h) {
      add(mixing, "proj_head." + std::to_string(h) + ".weight", {d / heads, d});
      add(mixing, "proj_head." + std::to_string(h) + ".bias", {d / heads});
      stages("mixer_heads." + std::to_string(h) + ".", variant == "heads_expanded");
    }
  } else {
    stages("", variant == "expanded");
    return mixing;
  }
  add(mixing, "out_proj.weight", {d, d});
  add(mixing, "out_proj.bias", {d});
  return mixing;
}

inline Infos headers_of(const std::string& variant, std::size_t n, std::size_t d, std::size_t v) {
  const std::size_t hidden = 40;
  Infos infos;
  const auto block = [&](const std::string& name) {
    for (const char* norm : {"channel_norm", "token_norm"}) {
      add(infos, name + norm + ".weight", {d});
      add(infos, name + norm + ".bias", {d});
    }
    add(infos, name + "channel_mixing_layer.0.weight", {hidden, d});
    add(infos, name + "channel_mixing_layer.0.bias", {hidden});
    add(infos, name + "channel_mixing_layer.3.weight", {d, hidden});
    add(infos, name + "channel_mixing_layer.3.bias", {d});
    for (const auto& t : mixing_of(variant, n, d)) add(infos, name + "token_mixing_layer." + t.name, t.shape);
  };
  if (!is_autoencoder(variant)) {
    add(infos, "input_layer.weight", {v, d});
    if (variant != "tied") add(infos, "output_layer.weight", {v, d});
    for (int i = 0; i < 2; ++i) block("mixer_blocks." + std::to_string(i) + ".");
    return infos;
  }
  for (const char* part : {"encoderblocks.", "decoderblocks."})
    for (int i = 0; i < 2; ++i) block(part + std::to_string(i) + ".");
  add(infos, "wte.weight", {v, d});
  add(infos, "lm_head.weight", {v, d});
  add(infos, "projection.weight", {d, d / 2});
  add(infos, "projection.bias", {d});
  if (variant == "autoencoder_compressed") {
    add(infos, "down.weight", {5, d});
    add(infos, "down.bias", {5});
    add(infos, "up.weight", {d, 5});
    add(infos, "up.bias", {d});
  }
  return infos;
}

/// A network with random parameters, biases and norms included: none of them may be left out unnoticed.
inline model::StateDict random_state(const std::string& variant, std::size_t n = 21, std::size_t d = 12,
                                     std::size_t v = 30) {
  model::StateDict state(variant + ".h5");
  std::mt19937 engine(7);
  for (const auto& info : headers_of(variant, n, d, v)) {
    const bool matrix = info.shape.size() == 2;
    std::normal_distribution<double> normal(
        info.name.find("norm.weight") != std::string::npos ? 1 : 0,
        matrix ? std::sqrt(2.0 / static_cast<double>(info.shape[1])) : 0.3);
    std::vector<double> values(info.size());
    for (double& x : values) x = normal(engine);
    state.insert({{info.name, info.shape, model::DType::float64}, std::move(values)});
  }
  return state;
}

inline model::TokenBatch random_batch(std::size_t sequences, std::size_t length, bool autoencoder,
                                      std::size_t v = 30, unsigned seed = 3) {
  std::mt19937 engine(seed);
  model::TokenBatch batch;
  batch.sequences = sequences;
  for (std::size_t i = 0; i < sequences * length; ++i)
    batch.ids.push_back(static_cast<std::int32_t>(engine() % v));
  batch.labels = model::make_labels(batch.ids, length,
                                    autoencoder ? model::Objective::autoencoder : model::Objective::clm);
  return batch;
}

}  // namespace tmm::test
