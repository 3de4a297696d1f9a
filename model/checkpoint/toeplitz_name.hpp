// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

namespace tmm::model {

/// A tensor name of a block, "PART.BLOCK.REST": ("mixer_blocks", 3, "token_norm.weight"). Views into the
/// parsed name.
struct BlockTensorName {
  std::string_view part;  ///< "mixer_blocks", "encoderblocks", "decoderblocks" or "blocks"
  int block = 0;
  std::string_view rest;
};

/// Empty if `name` does not belong to a block list. The lists of all families are known by their names, since
/// wrappers and copies are told by what stands before a list.
std::optional<BlockTensorName> parse_block_tensor(std::string_view name);

/// Position of `part` in data flow: mixer blocks and encoder before decoder. For sorting.
int part_order(std::string_view part);

/// Where in a network a Toeplitz weight sits, as its name tells.
struct ToeplitzName {
  std::string_view part;
  int block = 0;
  std::optional<int> head;      ///< "mixer_heads.HEAD."
  std::optional<int> stage;     ///< 0 for "0.weight" (T1), 1 for "3.weight" (T2) of an expanded layer
  bool parallel_heads = false;  ///< "mixer_heads.weight": row h of the array is the operator of head h
};

/// Empty if `name` is not a Toeplitz weight. Forms under "PART.BLOCK.token_mixing_layer.": weight,
/// {0,3}.weight, mixer_heads.H.weight, mixer_heads.H.{0,3}.weight, mixer_heads.weight.
std::optional<ToeplitzName> parse_toeplitz_weight(std::string_view name);

}  // namespace tmm::model
