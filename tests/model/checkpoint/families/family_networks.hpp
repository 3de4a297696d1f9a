// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/base/random_source.hpp"
#include "model/checkpoint/state_dict.hpp"
#include "model/network/networks.hpp"

namespace tmm::test {

inline void add_linear(Infos& infos, const std::string& stem, std::size_t out, std::size_t in) {
  add(infos, stem + ".weight", {out, in});
  add(infos, stem + ".bias", {out});
}

inline void add_norm(Infos& infos, const std::string& stem, std::size_t d) {
  add(infos, stem + ".weight", {d});
  add(infos, stem + ".bias", {d});
}

/// Headers of a whole first TMM: d = 8, v = 50, hidden 32.
inline Infos first_tmm(std::size_t blocks = 2, std::size_t n = 12) {
  Infos infos;
  add(infos, "inp_emb.weight", {50, 8});
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::string block = "blocks." + std::to_string(i) + ".";
    add(infos, block + "norm1.weight", {8});
    add(infos, block + "mixer.weight", {n});
    add(infos, block + "mixer.bias", {n});
    add(infos, block + "norm2.weight", {8});
    add_linear(infos, block + "mlp.fc1", 32, 8);
    add_linear(infos, block + "mlp.fc2", 8, 32);
  }
  add(infos, "norm.weight", {8});
  add(infos, "out_emb.weight", {50, 8});
  return infos;
}

/// Of softplus heads; `weight` is weight_raw, or weight of a snapshot.
inline Infos softplus_heads(std::size_t heads = 4, std::size_t n = 12,
                            const std::string& weight = "weight_raw", bool projections = true) {
  Infos infos;
  add(infos, "inp_embed.weight", {50, 8});
  for (const std::string block : {"blocks.0.", "blocks.1."}) {
    add(infos, block + "mixer_norm.weight", {8});
    add(infos, block + "mixer." + weight, {heads, n});
    add(infos, block + "mixer.bias", {heads, n});
    if (projections) {
      add_linear(infos, block + "mixer.inp_proj", 8, 8);
      add(infos, block + "mixer.out_proj.weight", {8, 8});
    }
    add(infos, block + "mlp_norm.weight", {8});
    add_linear(infos, block + "mlp.fc1", 32, 8);
    add_linear(infos, block + "mlp.fc2", 8, 32);
  }
  add(infos, "out_norm.weight", {8});
  add(infos, "out_embed.weight", {50, 8});
  return infos;
}

inline Infos exponential_averages(std::size_t averages = 3) {
  Infos infos = first_tmm();
  std::erase_if(infos, [](const auto& t) { return t.name.find(".mixer.") != std::string::npos; });
  for (const std::string block : {"blocks.0.", "blocks.1."}) {
    add(infos, block + "mixer.alpha_logits", {averages});
    add(infos, block + "mixer.bias", {averages});
    add_linear(infos, block + "mixer.proj", 8, 8 * averages);
  }
  return infos;
}

/// A flat Toeplitz encoder of two blocks under a dense decoder of one; heads = 0: one matrix alone.
inline Infos information_retention(std::size_t heads = 2, std::size_t n = 12) {
  Infos infos;
  add(infos, "wte.weight", {50, 8});
  add(infos, "lm_head.weight", {50, 8});
  add_linear(infos, "projection", 8, 4);
  for (const std::string block : {"encoderblocks.0.", "encoderblocks.1."}) {
    add_block_frame(infos, block, 8);
    add(infos, block + "token_mixing_layer.weight", {1, n});
    add(infos, block + "token_mixing_layer.bias", {n});
  }
  const std::string block = "decoderblocks.0.";
  add_norm(infos, block + "seq_layernorm", 8);
  add_norm(infos, block + "patch_layernorm", 8);
  add_linear(infos, block + "patch_ff.0", 24, 8);
  add_linear(infos, block + "patch_ff.2", 8, 24);
  const auto add_dense = [&](const std::string& stem) {
    add(infos, stem + ".weight", {n, n, 1});
    add(infos, stem + ".bias", {n});
  };
  if (heads == 0) add_dense(block + "conv");
  for (std::size_t h = 0; h < heads; ++h) {
    add_linear(infos, block + "conv.proj_head." + std::to_string(h), 8 / heads, 8);
    add_dense(block + "conv.convs." + std::to_string(h));
  }
  if (heads != 0) add_linear(infos, block + "conv.out_proj", 8, 8);
  return infos;
}

inline void drop(Infos& infos, const std::string& name) {
  std::erase_if(infos, [&](const auto& t) { return t.name == name; });
}

inline void reshape(Infos& infos, const std::string& name, std::vector<std::size_t> shape) {
  for (auto& t : infos)
    if (t.name == name) t.shape = std::move(shape);
}

/// These tensors with normal numbers of standard deviation 1/2, and nothing that a mask would hide.
inline model::StateDict random_state(const Infos& infos, std::uint64_t seed = 1) {
  model::RandomSource source({seed, 77});
  model::StateDict state("m.h5");
  for (const auto& info : infos) {
    std::vector<float> values(info.size());
    for (float& x : values) x = static_cast<float>(0.5 * source.normal());
    state.insert({info, std::move(values)});
  }
  return state;
}

}  // namespace tmm::test
