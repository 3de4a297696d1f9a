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

/// The leading m rows and columns: what a causal matrix applies to m steps.
template <class T>
void cut(DenseStage<T>& stage, std::size_t m) {
  const std::size_t n = stage.context, size = stage.heads * n * n;
  if (stage.heads == 0 || m == n) return;
  std::vector<T> weight;
  for (std::size_t head = 0; head < size; head += n * n) {
    const auto first = stage.weight.begin() + static_cast<std::ptrdiff_t>(head);
    const auto rows = cut_rows(std::vector<T>(first, first + static_cast<std::ptrdiff_t>(m * n)), n, m);
    weight.insert(weight.end(), rows.begin(), rows.end());
  }
  stage.weight = std::move(weight);
  stage.bias = cut_rows(stage.bias, n, m);
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

/// The family of the network that an encoder and this decoder make.
const Family& family_with_decoder(const Architecture& encoder, DecoderMixing decoder) {
  const Family& own = family_of(encoder);
  const bool tmm = &own == &tmm_family() || &own == &information_retention_family();
  if (!tmm) return encoder_autoencoder_family(own);
  if (encoder.mixing == TokenMixing::dense) return encoder_autoencoder_family(tmm_family());
  return decoder == DecoderMixing::dense ? information_retention_family() : tmm_family();
}

/// What the blocks of an encoder compute, and nothing of what comes after them.
NetworkForm form_of_blocks(const NetworkForm& encoder) {
  NetworkForm form;
  form.normalisation = encoder.normalisation;
  form.activation = encoder.activation;
  form.token_mixing_first = encoder.token_mixing_first;
  form.taps = encoder.taps;
  form.vector_taps = encoder.vector_taps;
  form.mean_normalised = encoder.mean_normalised;
  form.projections = encoder.projections;
  form.output_projection_bias = encoder.output_projection_bias;
  form.averages = encoder.averages;
  return form;
}

/// Sets what the blocks of the decoder are. A Toeplitz one has those of the encoder, if that is a TMM's.
void plan_decoder(const Architecture& encoder, DecoderMixing decoder, Architecture& a) {
  const bool dense = decoder == DecoderMixing::dense;
  if (!dense && a.family == tmm_family().name()) return;
  a.form.decoder = dense ? DecoderMixing::dense : DecoderMixing::flat_toeplitz;
  a.form.decoder_activation = dense ? Activation::gelu : Activation::silu;
  a.form.decoder_token_mixing_first = dense;
  a.form.decoder_heads = 0;
  a.form.decoder_hidden = encoder.hidden;
}

}  // namespace

Architecture retention_architecture(const Architecture& encoder, const RetentionSizes& sizes,
                                    const std::string& source) {
  check(encoder, sizes, source);
  Architecture a;
  a.family = family_with_decoder(encoder, sizes.decoder).name();
  a.form = form_of_blocks(encoder.form);
  a.network = Network::autoencoder;
  a.mixing = encoder.mixing;
  a.parts = {{"encoderblocks", encoder.parts.front().blocks}, {"decoderblocks", sizes.blocks}};
  a.context = sizes.context;
  a.embedding = encoder.embedding;
  a.vocabulary = encoder.vocabulary;
  a.hidden = encoder.hidden;
  a.heads = encoder.heads;
  a.kernel_rows = encoder.kernel_rows;
  plan_decoder(encoder, sizes.decoder, a);
  // The rest is counted from the tensors, by the one place that knows them.
  const auto network = zero_network<float>(a);
  std::vector<TensorInfo> tensors;
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<const float>) {
    tensors.push_back({tensor, shape, DType::float32});
  });
  Assumptions assumptions;
  assumptions.clm_encoder = Answer<bool>{sizes.code_from_end == 2, "--code-from-end"};
  assumptions.mean_normalised = Answer<bool>{encoder.form.mean_normalised, "the encoder"};
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
    cut(mixer.dense, m);
  }
}

template <NetworkScalar T>
bool same_encoder(const Tmm<T>& a, const Tmm<T>& b) {
  if (a.encoder_blocks != b.encoder_blocks) return false;
  bool same = true;
  for_each_encoder_array(a, b, [&](std::span<const T> x, std::span<const T> y) {
    same = same && std::equal(x.begin(), x.end(), y.begin(), y.end());
  });
  for (std::size_t i = 0; i < a.encoder_blocks; ++i)
    same = same &&
           a.blocks[i].token_mixer.attention.frequencies == b.blocks[i].token_mixer.attention.frequencies;
  return same;
}

template void place_encoder(const Tmm<float>&, Tmm<float>&);
template void place_encoder(const Tmm<double>&, Tmm<double>&);
template bool same_encoder(const Tmm<float>&, const Tmm<float>&);
template bool same_encoder(const Tmm<double>&, const Tmm<double>&);

}  // namespace tmm::model
