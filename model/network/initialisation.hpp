// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/network/tmm.hpp"

namespace tmm::model {

/// How the Toeplitz weights of a new network are drawn.
enum class Initialisation {
  reference,  ///< w_k ~ N(0, 2/n); N(0, 1) in an autoencoder; 0 in the first TMM; softplus heads store
              ///< r_k ~ N(0, 0.2²), exponential averages logits ~ N(0, 1), which is this program's choice
  identity,  ///< w_0 = 1, w_k ~ N(0, (0.1/n)²) else: Σ_{k>0}|w_k| < 1 = w_0 up to chances never met, so index
             ///< 0
  decaying,  ///< w_k ~ N(0, (c/(1+k))²) with c² Σ_k (1+k)⁻² = 2, the mean energy of reference
  ones       ///< w_k = 1, the causal sum, as the published frozen variant has it
};

std::string_view name(Initialisation initialisation);
/// One of these names; nothing for any other text.
std::optional<Initialisation> parse_initialisation(std::string_view text);

/// Overwrites every parameter of a network. Row t of a dense causal matrix is drawn for its t + 1 inputs:
/// reference W_ts ~ N(0, 2/(t+1)), the rule of the other matrices (He et al., arXiv 1502.01852) row by row;
/// the other kinds as Toeplitz weights are, with w_{t−s}. Projections of attention are N(0, 1/d), which gives
/// queries and keys of variance 1 (Vaswani et al., arXiv 1706.03762, footnote 4); rotary frequencies are
/// rotary_frequencies(d/H), and no kind but reference is known for it, nor for derived taps (ArgumentError;
/// under a decoder of another kind, which takes every kind, they are drawn so always). Other than Toeplitz
/// weights they are always drawn as the reference models' are: biases 0; LayerNorm 1 and 0; embeddings N(0,
/// 1); other matrices (out, in) N(0, 2/in) in a language model and uniform on ±1/√in in an autoencoder. The
/// one embedding of a tied model is drawn as the output matrix it also is, N(0, 2/d): logits would have
/// standard deviation √d otherwise. A kernel layer of the identity kind has it in its last row, which reads
/// the channel itself, and the small numbers elsewhere.
///
/// Each tensor has a source of its own, named by the seed and its name: the numbers are the same on every
/// machine, whatever else the network has.
template <NetworkScalar T>
void initialise(Tmm<T>& network, Initialisation toeplitz, std::uint64_t seed);

/// The source of random numbers of a tensor.
class RandomSource;
RandomSource tensor_source(std::uint64_t seed, std::string_view tensor);

extern template void initialise(Tmm<float>&, Initialisation, std::uint64_t);
extern template void initialise(Tmm<double>&, Initialisation, std::uint64_t);

}  // namespace tmm::model
