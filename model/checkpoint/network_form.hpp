// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace tmm::model {

/// layer: (x − mean)/√(var + 1e-5) ⊙ g + b. rms: g ⊙ x/√(mean(x²) + ε), without offset, ε the machine epsilon
/// of the arithmetic.
enum class Normalisation { layer, rms };

/// x·sigmoid(x); x/2·(1 + tanh(√(2/π)(x + 0.044715 x³))); x/2·(1 + erf(x/√2)).
enum class Activation { silu, gelu_tanh, gelu };

/// How taps follow from what is stored: as they are; w_k = ln(1 + e^{r_k}); w_k = (1 − α)α^k with
/// α = 1/(1 + e^{−r}), one number for a whole operator.
enum class TapDerivation { none, softplus, exponential_average };

/// What a decoder's blocks are: as the encoder's; a TMM's with flat Toeplitz layers, whatever the encoder's
/// are; with dense causal matrices.
enum class DecoderMixing { toeplitz, flat_toeplitz, dense };

/// What a network computes where the shapes of its tensors do not say it. The family sets it; the network's
/// layers read it. The default is the TMM.
struct NetworkForm {
  Normalisation normalisation = Normalisation::layer;
  Activation activation = Activation::silu;  ///< between the two matrices of channel mixing
  bool token_mixing_first = false;           ///< in a block, before channel mixing
  bool final_norm = false;                   ///< a normalisation stands before the output matrix
  TapDerivation taps = TapDerivation::none;
  bool vector_taps = false;      ///< taps are stored as (n), not as a kernel of one row (1, n)
  bool mean_normalised = false;  ///< (T u)_t is divided by c_t = Σ_{k≤t} w_k, the bias is added after
  bool projections = true;       ///< parallel heads stand between in and out projections
  bool output_projection_bias = true;  ///< the projection behind the heads has a bias
  std::size_t averages = 0;            ///< M of TokenMixing::averages
  std::size_t code_from_end = 1;       ///< an autoencoder's code is z = x[m − code_from_end]
  bool unroll = true;                  ///< the decoder reads windows of z; otherwise z at every position
  bool projection = true;              ///< the windows pass a Linear (d, d/2)
  DecoderMixing decoder = DecoderMixing::toeplitz;
  Activation decoder_activation = Activation::silu;
  bool decoder_token_mixing_first = false;
  std::size_t decoder_heads =
      0;  ///< dense matrices of a decoder block that stand between projections; 0: one alone
  std::size_t decoder_hidden = 0;  ///< rows of the first matrix of the decoder's channel mixing
};

/// Names of the tensors that a network's parts are stored under, below the block ("mixer_blocks.0.") where
/// they belong to one. A part without a name is not there.
struct BlockNames {
  std::string_view channel_norm, expand, contract;  ///< "channel_norm", "channel_mixing_layer.0", …
  std::string_view token_norm;
  std::string_view mixing;        ///< all that mixes over time: "token_mixing_layer."
  std::string_view in, out;       ///< projections around it: "in_proj", "out_proj"
  std::string_view head_in;       ///< "proj_head." where each head has a tensor of its own
  std::string_view heads;         ///< "mixer_heads."
  std::string_view weight, bias;  ///< what an operator is computed from, and its bias: "weight"
  std::string_view query{}, key{}, value{}, frequencies{};  ///< of attention: "q_proj", "rotary.inv_freq"
};

/// The same for a whole network.
struct NetworkNames {
  std::string_view embedding, output, final_norm;
  BlockNames block;          ///< of the mixer blocks, or of the encoder's
  BlockNames decoder_block;  ///< of the decoder's
};

}  // namespace tmm::model
