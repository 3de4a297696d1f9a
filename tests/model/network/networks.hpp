// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "model/checkpoint/state_dict.hpp"

namespace tmm::test {

using Infos = std::vector<model::TensorInfo>;

inline void add(Infos& infos, const std::string& name, std::vector<std::size_t> shape) {
  infos.push_back({name, std::move(shape), model::DType::float32});
}

/// Everything of one block except its token mixing.
inline void add_block_frame(Infos& infos, const std::string& block, std::size_t d) {
  for (const char* norm : {"channel_norm", "token_norm"}) {
    add(infos, block + norm + ".weight", {d});
    add(infos, block + norm + ".bias", {d});
  }
  add(infos, block + "channel_mixing_layer.0.weight", {4 * d, d});
  add(infos, block + "channel_mixing_layer.0.bias", {4 * d});
  add(infos, block + "channel_mixing_layer.3.weight", {d, 4 * d});
  add(infos, block + "channel_mixing_layer.3.bias", {d});
}

/// Headers of a complete language model: `mixing` lists the tensors of a block's token mixing.
inline Infos language_model(std::size_t blocks, const Infos& mixing, std::size_t d = 8, std::size_t v = 50) {
  Infos infos;
  add(infos, "input_layer.weight", {v, d});
  add(infos, "output_layer.weight", {v, d});
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::string block = "mixer_blocks." + std::to_string(i) + ".";
    add_block_frame(infos, block, d);
    for (const auto& t : mixing) add(infos, block + "token_mixing_layer." + t.name, t.shape);
  }
  return infos;
}

inline Infos flat_mixing(std::size_t n, std::size_t rows = 1) {
  return {{"weight", {rows, n}}, {"bias", {n}}};
}

}  // namespace tmm::test
