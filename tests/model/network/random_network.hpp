// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "model/checkpoint/state_dict.hpp"
#include "model/network/objective.hpp"
#include "model/pass/evaluator.hpp"
#include "networks.hpp"

namespace tmm::test {

/// Every variant of every family that can be trained, small and of awkward sizes: n = 21, d = 12, hidden 40,
/// v = 30.
inline const std::vector<std::string>& variants() {
  static const std::vector<std::string> names = {
      "flat",           "heads",          "expanded",    "heads_expanded",    "kernel",
      "parallel_heads", "tied",           "autoencoder", "autoencoder_heads", "autoencoder_compressed",
      "first_tmm",      "softplus_heads", "plain_heads", "attention",         "masked_mixer",
      "dense",          "dense_heads"};
  return names;
}

/// Those that only have a forward pass.
inline const std::vector<std::string>& forward_variants() {
  static const std::vector<std::string> names = {"averages"};
  return names;
}

/// Autoencoders with dense decoders.
inline bool is_dense(const std::string& variant) {
  return variant.starts_with("dense");
}

inline bool is_autoencoder(const std::string& variant) {
  return variant.starts_with("autoencoder") || is_dense(variant);
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
  if (variant == "attention") {
    for (const char* part : {"q_proj.weight", "k_proj.weight", "v_proj.weight"})
      add(mixing, part, {heads, d / heads, d});
    add(mixing, "out_proj.weight", {d, d});
    add(mixing, "rotary.inv_freq", {d / heads / 2});
    return mixing;
  }
  if (variant == "masked_mixer") {
    add(mixing, "weight", {n, n, 1});
    add(mixing, "bias", {n});
    return mixing;
  }
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

inline void add_linear(Infos& infos, const std::string& name, std::size_t out, std::size_t in) {
  add(infos, name + ".weight", {out, in});
  add(infos, name + ".bias", {out});
}

inline void add_layer_norm(Infos& infos, const std::string& name, std::size_t d) {
  add(infos, name + ".weight", {d});
  add(infos, name + ".bias", {d});
}

/// Language models of the families with RMSNorm.
inline Infos rms_headers(const std::string& variant, std::size_t n, std::size_t d, std::size_t v) {
  const std::size_t hidden = 40, heads = 3, averages = 2;
  const bool parallel = variant == "softplus_heads" || variant == "plain_heads";
  Infos infos;
  add(infos, parallel ? "inp_embed.weight" : "inp_emb.weight", {v, d});
  for (int i = 0; i < 2; ++i) {
    const std::string block = "blocks." + std::to_string(i) + ".", mixer = block + "mixer.";
    add(infos, block + (parallel ? "mlp_norm" : "norm2") + ".weight", {d});
    add_linear(infos, block + "mlp.fc1", hidden, d);
    add_linear(infos, block + "mlp.fc2", d, hidden);
    add(infos, block + (parallel ? "mixer_norm" : "norm1") + ".weight", {d});
    if (variant == "first_tmm") {
      add(infos, mixer + "weight", {n});
      add(infos, mixer + "bias", {n});
    } else if (variant == "averages") {
      add(infos, mixer + "alpha_logits", {averages});
      add(infos, mixer + "bias", {averages});
      add_linear(infos, mixer + "proj", d, d * averages);
    } else {
      add(infos, mixer + (variant == "plain_heads" ? "weight" : "weight_raw"), {heads, n});
      add(infos, mixer + "bias", {heads, n});
    }
    if (variant != "softplus_heads") continue;
    add_linear(infos, mixer + "inp_proj", d, d);
    add(infos, mixer + "out_proj.weight", {d, d});
  }
  add(infos, parallel ? "out_norm.weight" : "norm.weight", {d});
  add(infos, parallel ? "out_embed.weight" : "out_emb.weight", {v, d});
  return infos;
}

/// Blocks of a decoder with dense causal matrices.
inline void add_dense_blocks(Infos& infos, const std::string& variant, std::size_t n, std::size_t d) {
  const std::size_t hidden = 28, heads = 4;
  for (int i = 0; i < 2; ++i) {
    const std::string block = "decoderblocks." + std::to_string(i) + ".", conv = block + "conv.";
    add_layer_norm(infos, block + "seq_layernorm", d);
    add_layer_norm(infos, block + "patch_layernorm", d);
    add_linear(infos, block + "patch_ff.0", hidden, d);
    add_linear(infos, block + "patch_ff.2", d, hidden);
    if (variant == "dense") {
      add(infos, conv + "weight", {n, n, 1});
      add(infos, conv + "bias", {n});
      continue;
    }
    for (std::size_t h = 0; h < heads; ++h) {
      add_linear(infos, conv + "proj_head." + std::to_string(h), d / heads, d);
      add(infos, conv + "convs." + std::to_string(h) + ".weight", {n, n, 1});
      add(infos, conv + "convs." + std::to_string(h) + ".bias", {n});
    }
    add_linear(infos, conv + "out_proj", d, d);
  }
}

inline Infos headers_of(const std::string& variant, std::size_t n, std::size_t d, std::size_t v) {
  const std::size_t hidden = 40;
  for (const char* rms : {"first_tmm", "softplus_heads", "plain_heads", "averages"})
    if (variant == rms) return rms_headers(variant, n, d, v);
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
  for (int i = 0; i < 2; ++i) block("encoderblocks." + std::to_string(i) + ".");
  if (is_dense(variant))
    add_dense_blocks(infos, variant, n, d);
  else
    for (int i = 0; i < 2; ++i) block("decoderblocks." + std::to_string(i) + ".");
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
    const bool matrix = info.shape.size() == 2 || info.name.find("_proj.weight") != std::string::npos;
    std::normal_distribution<double> normal(
        info.name.find("norm") != std::string::npos && info.name.ends_with(".weight") ? 1 : 0,
        matrix ? std::sqrt(2.0 / static_cast<double>(info.shape.back())) : 0.3);
    std::vector<double> values(info.size());
    for (double& x : values) x = normal(engine);
    if (info.shape == std::vector<std::size_t>{n, n, 1} && !is_dense(variant))
      for (std::size_t i = 0; i < values.size(); ++i)
        if (i % n > i / n) values[i] = 0;  // a decoder masks what stands there
    state.insert({{info.name, info.shape, model::DType::float64}, std::move(values)});
  }
  return state;
}

/// The same parameters with rows divided by the sums of their taps.
template <class T>
model::Tmm<T> mean_normalised(model::Tmm<T> network) {
  network.architecture.form.mean_normalised = true;
  for (auto& block : network.blocks) block.token_mixer.first.mean_normalised = true;
  return network;
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
