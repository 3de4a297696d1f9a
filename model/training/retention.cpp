// SPDX-License-Identifier: MIT
#include "model/training/retention.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "model/base/error.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/network/parameters.hpp"

namespace tmm::model {
namespace {

[[noreturn]] void refuse(const std::string& source, const std::string& what, std::string expected,
                         std::string found, std::string hint = {}) {
  throw ArgumentError(what, {source, "--encoder", std::move(expected), std::move(found), std::move(hint)});
}

void check(const Architecture& encoder, const RetentionSizes& sizes, const std::string& source) {
  const auto& retention = information_retention_family();
  if (encoder.family != tmm_family().name() && encoder.family != retention.name())
    refuse(source, "an encoder of this family cannot be continued", "a network of the TMM family",
           std::string(encoder.family));
  if (encoder.mixing == TokenMixing::dense)
    refuse(source, "an encoder that mixes over time with dense causal matrices cannot be continued",
           "Toeplitz layers", "dense causal matrices");
  if (encoder.embedding % 2 != 0)
    refuse(source, "the decoder reads windows of d/2", "an even d",
           "d = " + std::to_string(encoder.embedding));
  if (sizes.context > encoder.context)
    refuse(source, "the encoder has fewer positions than the sequences",
           "n of at least " + std::to_string(sizes.context), "n = " + std::to_string(encoder.context),
           "Shorten --context");
  if (sizes.context < sizes.code_from_end)
    refuse(source, "the sequence ends before its code",
           "at least " + std::to_string(sizes.code_from_end) + " tokens", std::to_string(sizes.context));
}

/// Rows of n numbers cut to m.
template <class T>
std::vector<T> cut_rows(const std::vector<T>& values, std::size_t n, std::size_t m) {
  std::vector<T> result;
  for (std::size_t i = 0; i < values.size(); i += n) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(i);
    result.insert(result.end(), first, first + static_cast<std::ptrdiff_t>(m));
  }
  return result;
}

template <class T>
void cut(ToeplitzStage<T>& stage, std::size_t m) {
  if (stage.heads == 0) return;
  stage.weight = cut_rows(stage.weight, stage.context, m);
  stage.bias = cut_rows(stage.bias, stage.context, m);
  stage.context = m;
}

/// Calls visit for every array of embedding and encoder blocks, in step.
template <class T, class Visit>
void for_each_encoder_array(const Tmm<T>& a, const Tmm<T>& b, const Visit& visit) {
  Tmm<T> first, second;  // networks that are nothing but an encoder
  for (const auto& [from, to] : {std::pair(&a, &first), std::pair(&b, &second)}) {
    to->embedding = from->embedding;
    to->blocks.assign(from->blocks.begin(),
                      from->blocks.begin() + static_cast<std::ptrdiff_t>(from->encoder_blocks));
  }
  for_each_array(visit, first, second);
}

}  // namespace

Architecture retention_architecture(const Architecture& encoder, const RetentionSizes& sizes,
                                    const std::string& source) {
  check(encoder, sizes, source);
  const bool dense = sizes.decoder == DecoderMixing::dense;
  Architecture a;
  a.family = dense ? information_retention_family().name() : tmm_family().name();
  a.network = Network::autoencoder;
  a.mixing = encoder.mixing;
  a.parts = {{"encoderblocks", encoder.parts.front().blocks}, {"decoderblocks", sizes.blocks}};
  a.context = sizes.context;
  a.embedding = encoder.embedding;
  a.vocabulary = encoder.vocabulary;
  a.hidden = encoder.hidden;
  a.heads = encoder.heads;
  a.kernel_rows = encoder.kernel_rows;
  if (dense) {
    a.form.decoder = DecoderMixing::dense;
    a.form.decoder_activation = Activation::gelu;
    a.form.decoder_token_mixing_first = true;
    a.form.decoder_hidden = encoder.hidden;
  }
  // The rest is counted from the tensors, by the one place that knows them.
  const auto network = zero_network<float>(a);
  std::vector<TensorInfo> tensors;
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<const float>) {
    tensors.push_back({tensor, shape, DType::float32});
  });
  Assumptions assumptions;
  assumptions.clm_encoder = Answer<bool>{sizes.code_from_end == 2, "--code-from-end"};
  return recognize(tensors, "a new network", assumptions);
}

template <NetworkScalar T>
void place_encoder(const Tmm<T>& encoder, Tmm<T>& network) {
  const std::size_t m = network.architecture.context;
  network.embedding = encoder.embedding;
  for (std::size_t i = 0; i < network.encoder_blocks; ++i) {
    std::string name = std::move(network.blocks[i].name);
    network.blocks[i] = encoder.blocks[i];
    network.blocks[i].name = std::move(name);
    TokenMixer<T>& mixer = network.blocks[i].token_mixer;
    cut(mixer.first, m);
    cut(mixer.second, m);
  }
}

template <NetworkScalar T>
bool same_encoder(const Tmm<T>& a, const Tmm<T>& b) {
  if (a.encoder_blocks != b.encoder_blocks) return false;
  bool same = true;
  for_each_encoder_array(a, b, [&](std::span<const T> x, std::span<const T> y) {
    same = same && std::equal(x.begin(), x.end(), y.begin(), y.end());
  });
  return same;
}

template void place_encoder(const Tmm<float>&, Tmm<float>&);
template void place_encoder(const Tmm<double>&, Tmm<double>&);
template bool same_encoder(const Tmm<float>&, const Tmm<float>&);
template bool same_encoder(const Tmm<double>&, const Tmm<double>&);

}  // namespace tmm::model
