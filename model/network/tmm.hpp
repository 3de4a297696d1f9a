// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/base/matrix_view.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// y = W x + b for each row x. An absent layer has out = 0; one without bias has an empty one.
template <NetworkScalar T>
struct Linear {
  std::size_t out = 0, in = 0;
  std::vector<T> weight;  ///< (out, in), as PyTorch stores it
  std::vector<T> bias;    ///< (out)

  Linear() = default;
  Linear(std::size_t outputs, std::size_t inputs, bool with_bias = true)
      : out(outputs), in(inputs), weight(outputs * inputs), bias(with_bias ? outputs : 0) {}
  [[nodiscard]] MatrixView<const T> matrix() const { return {weight.data(), out, in}; }
  [[nodiscard]] MatrixView<T> matrix() { return {weight.data(), out, in}; }
};

/// Scale and offset of a normalisation over d channels. An absent one has an empty weight.
template <NetworkScalar T>
struct Norm {
  Normalisation kind = Normalisation::layer;
  std::vector<T> weight;  ///< (d)
  std::vector<T> bias;    ///< (d); empty for rms

  Norm() = default;
  explicit Norm(std::size_t d, Normalisation of_kind = Normalisation::layer)
      : kind(of_kind), weight(d), bias(kind == Normalisation::rms ? 0 : d) {}
};

/// One stage of mixing over time: for each of H groups of channels k rows of taps and a bias per time step.
/// An absent stage has heads = 0. What is stored in `weight` becomes taps by `derivation`; a mean-normalised
/// stage divides row t of its product by c_t = Σ_{k≤t} w_k before it adds the bias.
template <NetworkScalar T>
struct ToeplitzStage {
  std::size_t heads = 0, rows = 0, context = 0;
  TapDerivation derivation = TapDerivation::none;
  bool mean_normalised = false;
  std::vector<T> weight;  ///< (H, k, n)
  std::vector<T> bias;    ///< (H, n)

  ToeplitzStage() = default;
  ToeplitzStage(std::size_t h, std::size_t k, std::size_t n)
      : heads(h), rows(k), context(n), weight(h * k * n), bias(h * n) {}
};

/// Exponential averages of every channel: tap k of average j is (1 − α_j)α_j^k with α_j = sigmoid(weight_j).
template <NetworkScalar T>
struct ExponentialAverages {
  std::size_t count = 0;  ///< M; 0: absent
  std::vector<T> weight;  ///< logits of α (M)
  std::vector<T> bias;    ///< added to the state of an average at every step (M)

  ExponentialAverages() = default;
  explicit ExponentialAverages(std::size_t averages) : count(averages), weight(averages), bias(averages) {}
};

/// Dense causal matrices, one for each of H groups of channels. An absent stage has heads = 0.
template <NetworkScalar T>
struct DenseStage {
  std::size_t heads = 0, context = 0;
  std::vector<T> weight;  ///< (H, n, n), zero above the diagonals
  std::vector<T> bias;    ///< (H, n)

  DenseStage() = default;
  DenseStage(std::size_t h, std::size_t n) : heads(h), context(n), weight(h * n * n), bias(h * n) {}
};

/// Causal softmax attention with rotary positions (attention.hpp). An absent stage has heads = 0.
template <NetworkScalar T>
struct AttentionStage {
  std::size_t heads = 0, embedding = 0;
  std::vector<T> weight;       ///< queries, keys and values, one below the other: (3, H, d/H, d)
  std::vector<T> frequencies;  ///< θ of rotary positions (d/H/2), the same in all heads: stored, not trained

  AttentionStage() = default;
  AttentionStage(std::size_t h, std::size_t d)
      : heads(h), embedding(d), weight(3 * d * d), frequencies(d / h / 2) {}
  [[nodiscard]] MatrixView<const T> matrix() const { return {weight.data(), 3 * embedding, embedding}; }
  [[nodiscard]] MatrixView<T> matrix() { return {weight.data(), 3 * embedding, embedding}; }
};

/// Mixing over time of every variant: out(second(SiLU(first(in(x))))), where a variant leaves some out. Heads
/// stand one under the other in `in`, so that P_h is the rows h·d/H … (h+1)·d/H − 1. In place of Toeplitz
/// stages there are averages, whose projection is `out`, dense matrices, or attention before `out`.
template <NetworkScalar T>
struct TokenMixer {
  Linear<T> in;             ///< (d, d), with heads
  ToeplitzStage<T> first;   ///< unless there is another kind of mixing
  ToeplitzStage<T> second;  ///< expanded variants
  Linear<T> out;            ///< (d, d), with heads; (d, d·M) of M averages
  ExponentialAverages<T> averages;
  DenseStage<T> dense;
  AttentionStage<T> attention;
};

/// x ← x + contract(activation(expand(norm(x)))), then x ← x + token_mixer(norm(x)), or the other way round.
template <NetworkScalar T>
struct Block {
  std::string name;  ///< "mixer_blocks.0", "encoderblocks.2", …
  Norm<T> channel_norm;
  Linear<T> expand;    ///< channel_mixing_layer.0 (4d, d)
  Linear<T> contract;  ///< channel_mixing_layer.3 (d, 4d)
  Norm<T> token_norm;
  TokenMixer<T> token_mixer;
  Activation activation = Activation::silu;
  bool token_mixing_first = false;
};

/// The parameters of a network of any family in number type T. Plain data: gradients and optimiser moments
/// have this type too.
template <NetworkScalar T>
struct Tmm {
  Architecture architecture;
  std::vector<T> embedding;  ///< (v, d)
  std::vector<Block<T>>
      blocks;  ///< in data flow: of a language model, or the encoder's and then the decoder's
  std::size_t encoder_blocks = 0;  ///< how many of them come before an autoencoder's bottleneck
  Linear<T> down, up;              ///< of a compressed bottleneck
  Linear<T> projection;            ///< (d, d/2), autoencoder
  Norm<T> final_norm;              ///< before the output matrix, where the family has one
  std::vector<T> output;           ///< (v, d); empty in a tied model, which uses the embedding

  [[nodiscard]] bool autoencoder() const { return architecture.network == Network::autoencoder; }
  [[nodiscard]] MatrixView<const T> output_matrix() const {
    return {output.empty() ? embedding.data() : output.data(), architecture.vocabulary,
            architecture.embedding};
  }
  [[nodiscard]] MatrixView<T> output_matrix() {
    return {output.empty() ? embedding.data() : output.data(), architecture.vocabulary,
            architecture.embedding};
  }
};

/// A network of this architecture with all parameters zero. Throws FormatError listing the missing tensors if
/// they do not make a whole network; `source` is for the message.
template <NetworkScalar T>
Tmm<T> zero_network(const Architecture& architecture, const std::string& source = {});

/// The network of a checkpoint; every number is rounded to T. Where input_layer.weight and
/// output_layer.weight hold the same numbers they are one parameter: the network is tied. Throws FormatError
/// as recognize() and zero_network() do, and for a parameter that is not finite.
template <NetworkScalar T>
Tmm<T> load_network(const StateDict& state, const Assumptions& assumptions = {});

extern template Tmm<float> load_network(const StateDict&, const Assumptions&);
extern template Tmm<double> load_network(const StateDict&, const Assumptions&);
extern template Tmm<float> zero_network(const Architecture&, const std::string&);
extern template Tmm<double> zero_network(const Architecture&, const std::string&);

}  // namespace tmm::model
