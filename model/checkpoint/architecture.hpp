// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/contradiction.hpp"
#include "model/checkpoint/network_form.hpp"

namespace tmm::model {

/// How a block mixes over time; one and the same in all blocks of a network (of an encoder, where the decoder
/// has blocks of its own: NetworkForm::decoder).
enum class TokenMixing {
  flat,
  heads,
  expanded,
  heads_expanded,
  kernel,
  parallel_heads,
  averages,
  dense,
  attention
};

/// What the tensors make up. toeplitz_only: nothing but Toeplitz weights and biases is there.
enum class Network { language_model, autoencoder, toeplitz_only };

std::string_view name(TokenMixing mixing);
std::string_view name(Network network);

/// One list of blocks, e.g. {"encoderblocks", 6}.
struct BlockList {
  std::string prefix;
  std::size_t blocks = 0;
};

/// A further set of blocks in the same file, below a name of its own: the moving average of the weights, say.
struct NetworkCopy {
  std::string prefix;  ///< "ema."
  std::size_t tensors = 0;
};

/// Variant and sizes of a network, as names and shapes of its tensors tell them. Sizes that no tensor shows
/// are 0.
struct Architecture {
  std::string_view family;  ///< name of the family (families/) that knows these tensors: "TMM"
  NetworkForm form;         ///< what it computes where no shape tells
  Network network = Network::language_model;
  TokenMixing mixing = TokenMixing::flat;
  std::vector<BlockList> parts;      ///< in data flow: mixer_blocks, or encoderblocks then decoderblocks
  std::size_t context = 0;           ///< n
  std::size_t embedding = 0;         ///< d
  std::size_t vocabulary = 0;        ///< v
  std::size_t hidden = 0;            ///< rows of C1; hidden/d is the expansion factor
  std::size_t heads = 1;             ///< H
  std::size_t kernel_rows = 1;       ///< k
  std::size_t bottleneck = 0;        ///< rows of down.weight (autoencoder), 0 without one
  bool tied = false;                 ///< only one of input_layer.weight and output_layer.weight is stored
  std::size_t operators = 0;         ///< Toeplitz operators: blocks × heads × rows × stages
  std::size_t dense_operators = 0;   ///< dense causal matrices, of all blocks or of a decoder
  std::size_t parameters = 0;        ///< stored numbers of all recognised tensors
  std::vector<std::string> missing;  ///< what a forward pass would lack
  std::vector<std::string> unknown;  ///< tensors that belong to no variant, copies left out
  std::vector<Contradiction> contradictions;  ///< signs that the stored weights are not the operators applied
  std::vector<NetworkCopy> copies;            ///< not used
  std::vector<std::string> notes;             ///< what every result must say of the family: sentences

  [[nodiscard]] std::size_t blocks() const;  ///< L, over all parts
};

/// What must be said of a file wherever its results stand, one sentence each, names made printable: copies
/// that were not used, and what was assumed against contradictions (results of such a file exist only under
/// that assumption).
std::vector<std::string> remarks(const Architecture& architecture);

/// The same for results of a forward pass: unknown tensors that it has left out, too.
std::vector<std::string> forward_remarks(const Architecture& architecture);

/// Whether the blocks of this list are a decoder's that are not as the encoder's (NetworkForm::decoder).
bool has_own_blocks(const Architecture& architecture, std::string_view part);

/// Unknown tensors of blocks: a forward pass cannot leave them out and be the network's.
std::vector<std::string> unknown_in_blocks(const Architecture& architecture);

}  // namespace tmm::model
