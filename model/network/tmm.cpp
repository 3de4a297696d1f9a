// SPDX-License-Identifier: MIT
#include "model/network/tmm.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/network/parameters.hpp"

namespace tmm::model {
namespace {

void require_complete(const Architecture& a, const std::string& source) {
  if (a.missing.empty() && a.network != Network::toeplitz_only) return;
  std::string list;
  for (const std::string& name : a.missing) list += "\n  " + name;
  const std::string what = a.network == Network::toeplitz_only
                               ? "this checkpoint holds Toeplitz layers only: there is no network to run"
                               : "this checkpoint is not a whole network";
  throw FormatError(
      what, {source, "", "", "",
             "The index and the spectrum of its layers can be analysed (`tmm analyze`). Missing:" + list});
}

/// Masked mixers of blocks that are not a TMM's, or of which some are not there.
void require_known_mixing(const Architecture& a, const std::string& source) {
  const bool whole = a.missing.empty() && a.network != Network::toeplitz_only;
  if (a.mixing == TokenMixing::dense && !whole)
    throw FormatError(
        "only the operators of a mixer with dense causal matrices are known, not what it does "
        "with them",
        {source, "", "", "", "Their spectra can be analysed (`tmm analyze`)."});
}

/// A forward pass that left out a tensor of a block would be that of another network.
void require_known_blocks(const Architecture& a, const std::string& source) {
  const std::vector<std::string> tensors = unknown_in_blocks(a);
  if (tensors.empty()) return;
  std::string list;
  for (const std::string& tensor : tensors) list += "\n  " + printable(tensor);
  throw FormatError(
      "these tensors of blocks are unknown, and a forward pass without them is another network's:" + list,
      {source, "", "", "", "--assume-toeplitz leaves them out, with a remark in every output"});
}

template <NetworkScalar T>
TokenMixer<T> zero_mixer(const Architecture& a) {
  TokenMixer<T> mixer;
  if (a.mixing == TokenMixing::averages) {
    mixer.averages = ExponentialAverages<T>(a.form.averages);
    mixer.out = Linear<T>(a.embedding, a.embedding * a.form.averages);
    return mixer;
  }
  if (a.mixing == TokenMixing::dense) {
    mixer.dense = DenseStage<T>(1, a.context);
    return mixer;
  }
  if (a.mixing == TokenMixing::attention) {
    mixer.attention = AttentionStage<T>(a.heads, a.embedding);
    mixer.out = Linear<T>(a.embedding, a.embedding, false);
    return mixer;
  }
  const bool expanded = a.mixing == TokenMixing::expanded || a.mixing == TokenMixing::heads_expanded;
  const bool heads = a.mixing == TokenMixing::heads || a.mixing == TokenMixing::heads_expanded ||
                     a.mixing == TokenMixing::parallel_heads;
  const std::size_t count = heads ? a.heads : 1;
  mixer.first = ToeplitzStage<T>(count, a.kernel_rows, a.context);
  mixer.first.derivation = a.form.taps;
  mixer.first.mean_normalised = a.form.mean_normalised;
  if (expanded) mixer.second = mixer.first;
  if (heads && a.form.projections) {
    mixer.in = Linear<T>(a.embedding, a.embedding);
    mixer.out = Linear<T>(a.embedding, a.embedding, a.form.output_projection_bias);
  }
  return mixer;
}

template <NetworkScalar T>
Block<T> zero_block(const Architecture& a, std::string name) {
  const std::size_t d = a.embedding;
  return {std::move(name),        Norm<T>(d, a.form.normalisation), Linear<T>(a.hidden, d),
          Linear<T>(d, a.hidden), Norm<T>(d, a.form.normalisation), zero_mixer<T>(a),
          a.form.activation,      a.form.token_mixing_first};
}

/// A block of a decoder that is not as the encoder's.
template <NetworkScalar T>
Block<T> zero_decoder_block(const Architecture& a, std::string name) {
  const std::size_t d = a.embedding, hidden = a.form.decoder_hidden, heads = a.form.decoder_heads;
  TokenMixer<T> mixer;
  if (a.form.decoder == DecoderMixing::dense)
    mixer.dense = DenseStage<T>(std::max<std::size_t>(heads, 1), a.context);
  else
    mixer.first = ToeplitzStage<T>(1, 1, a.context);
  if (heads != 0) mixer.in = mixer.out = Linear<T>(d, d);
  return {std::move(name), Norm<T>(d),       Linear<T>(hidden, d),      Linear<T>(d, hidden),
          Norm<T>(d),      std::move(mixer), a.form.decoder_activation, a.form.decoder_token_mixing_first};
}

/// The matrices of a TMM's own blocks are what they are stored as: analyses refuse others too.
template <NetworkScalar T>
void require_causal(const Tmm<T>& network, const std::string& source) {
  if (network.architecture.mixing != TokenMixing::dense) return;
  const bool masked_decoder = network.architecture.form.decoder == DecoderMixing::dense;
  for (std::size_t i = 0; i < (masked_decoder ? network.encoder_blocks : network.blocks.size()); ++i) {
    const Block<T>& block = network.blocks[i];
    const std::size_t n = block.token_mixer.dense.context;
    const T* entries = block.token_mixer.dense.weight.data();
    for (std::size_t t = 0; t < n; ++t)
      if (std::any_of(entries + t * n + t + 1, entries + (t + 1) * n, [](T x) { return x != 0; }))
        throw FormatError("a dense matrix that is not causal",
                          {source, block.name, "zeros above the diagonal", "other numbers there", ""});
  }
}

/// What the network masks may be stored as anything.
template <NetworkScalar T>
void clear_above_diagonal(DenseStage<T>& dense) {
  const std::size_t n = dense.context;
  for (std::size_t row = 0; row < dense.heads * n; ++row) {
    T* entries = dense.weight.data() + row * n;
    std::fill(entries + row % n + 1, entries + n, T{0});
  }
}

/// Whether both embeddings of a language model hold the same bits: PyTorch stores a shared parameter under
/// each of its names.
bool stores_tied_embedding_twice(const StateDict& state) {
  const Tensor *input = state.find("input_layer.weight"), *output = state.find("output_layer.weight");
  return input != nullptr && output != nullptr && input->info.shape == output->info.shape &&
         input->values == output->values;
}

}  // namespace

template <NetworkScalar T>
Tmm<T> zero_network(const Architecture& architecture, const std::string& source) {
  require_known_mixing(architecture, source);
  require_complete(architecture, source);
  const std::size_t v = architecture.vocabulary, d = architecture.embedding;
  Tmm<T> network;
  network.architecture = architecture;
  network.embedding.resize(v * d);
  if (!architecture.tied) network.output.resize(v * d);
  for (const BlockList& part : architecture.parts) {
    const bool own = has_own_blocks(architecture, part.prefix);
    for (std::size_t i = 0; i < part.blocks; ++i) {
      std::string name = part.prefix + "." + std::to_string(i);
      network.blocks.push_back(own ? zero_decoder_block<T>(architecture, std::move(name))
                                   : zero_block<T>(architecture, std::move(name)));
    }
    if (part.prefix == "encoderblocks") network.encoder_blocks = part.blocks;
  }
  if (architecture.form.final_norm) network.final_norm = Norm<T>(d, architecture.form.normalisation);
  if (network.autoencoder()) {
    if (architecture.form.projection) network.projection = Linear<T>(d, d / 2);
    if (architecture.bottleneck != 0) {
      network.down = Linear<T>(architecture.bottleneck, d);
      network.up = Linear<T>(d, architecture.bottleneck);
    }
  }
  return network;
}

template <NetworkScalar T>
Tmm<T> load_network(const StateDict& state, const Assumptions& assumptions) {
  Architecture architecture = recognize(state, assumptions);
  if (assumptions.contradictions == Contradictions::refuse) {
    require_no_contradictions(architecture.contradictions, state.source());
    require_known_blocks(architecture, state.source());
  }
  if (architecture.network == Network::language_model && stores_tied_embedding_twice(state))
    architecture.tied = true;
  auto network = zero_network<T>(architecture, state.source());
  for_each_parameter(network, [&](const std::string& name, const auto& shape, std::span<T> values) {
    const Tensor* tensor = state.find(name);
    // A tied network may store its one embedding under either name.
    if (tensor == nullptr && name == "input_layer.weight") tensor = state.find("output_layer.weight");
    if (tensor == nullptr) tensor = &state.at(name);
    if (tensor->info.size() != values.size())
      throw FormatError("wrong shape",
                        {state.source(), name, format_shape(shape), format_shape(tensor->info.shape), ""});
    std::visit(
        [&](const auto& v) {
          std::transform(v.begin(), v.end(), values.begin(), [](auto x) { return static_cast<T>(x); });
        },
        tensor->values);
    const auto bad = std::find_if(values.begin(), values.end(), [](T x) { return !std::isfinite(x); });
    if (bad != values.end())
      throw FormatError("a parameter is not a finite number",
                        {state.source(), name, "", "element " + std::to_string(bad - values.begin()), ""});
  });
  require_causal(network, state.source());
  for (Block<T>& block : network.blocks) clear_above_diagonal(block.token_mixer.dense);
  return network;
}

template Tmm<float> load_network(const StateDict&, const Assumptions&);
template Tmm<double> load_network(const StateDict&, const Assumptions&);
template Tmm<float> zero_network(const Architecture&, const std::string&);
template Tmm<double> zero_network(const Architecture&, const std::string&);

}  // namespace tmm::model
