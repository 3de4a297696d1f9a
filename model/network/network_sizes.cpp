// SPDX-License-Identifier: MIT
#include "model/network/network_sizes.hpp"
#include "model/checkpoint/families/recognition.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/base/error.hpp"
#include "model/network/parameters.hpp"

namespace tmm::model {
namespace {

[[noreturn]] void refuse(const std::string& what, std::string expected, std::string found) {
  throw ArgumentError(what, {"", "", std::move(expected), std::move(found), ""});
}

void check_extents(const NetworkSizes& s) {
  struct Extent {
    const char* what;
    std::size_t value, most;
  };
  constexpr std::size_t large = std::size_t{1} << 20U;  // no product of them overflows
  const Extent extents[] = {{"embedding d", s.embedding, large},
                            {"context n", s.context, large},
                            {"vocabulary v", s.vocabulary, large},
                            {"number of blocks", s.blocks, 1024},
                            {"expansion factor", s.expansion, 64},
                            {"number of heads", s.heads, 1024},
                            {"number of kernel rows", s.kernel_rows, 1024},
                            {"bottleneck", s.bottleneck + 1, large}};
  for (const Extent& e : extents)
    if (e.value == 0 || e.value > e.most)
      refuse("impossible " + std::string(e.what), "1 to " + std::to_string(e.most), std::to_string(e.value));
}

void check(const NetworkSizes& s) {
  check_extents(s);
  if (s.embedding % s.heads != 0)
    refuse("the heads do not divide the embedding", "H dividing d = " + std::to_string(s.embedding),
           "H = " + std::to_string(s.heads));
  if (s.kernel_rows > 1 && (s.heads > 1 || s.expanded || s.parallel_heads))
    refuse("a kernel layer has no heads and is not expanded", "k alone",
           "k = " + std::to_string(s.kernel_rows));
  if (s.parallel_heads && (s.heads == 1 || s.expanded))
    refuse("parallel heads are several and not expanded", "H of at least 2",
           s.expanded ? "an expanded layer" : "H = 1");
  const bool autoencoder = s.network == Network::autoencoder;
  if (autoencoder && s.embedding % 2 != 0)
    refuse("the decoder reads windows of d/2", "an even d", std::to_string(s.embedding));
  if (autoencoder && s.tied)
    refuse("an autoencoder has two embeddings", "a language model", "tied embeddings");
  if (!autoencoder && s.bottleneck != 0)
    refuse("only an autoencoder has a bottleneck", "0", std::to_string(s.bottleneck));
}

/// Attention and dense matrices stand in for the Toeplitz layers of a plain language model.
void check_mixing(const NetworkSizes& s) {
  if (s.mixing == "toeplitz") return;
  if (s.mixing != "attention" && s.mixing != "dense")
    refuse("no such token mixing", "toeplitz, attention or dense", s.mixing);
  const auto only_toeplitz = [&](bool given, const char* what) {
    if (given) refuse("only Toeplitz layers have this", "--mixing toeplitz beside it", what);
  };
  only_toeplitz(s.kernel_rows > 1, "kernel rows");
  only_toeplitz(s.expanded, "expanded layers");
  only_toeplitz(s.parallel_heads, "parallel heads");
  only_toeplitz(s.network == Network::autoencoder, "an autoencoder");
  only_toeplitz(s.family != "tmm", "another family than tmm");
  only_toeplitz(s.mixing == "dense" && s.heads > 1, "heads");
  if (s.mixing == "attention" && s.embedding / s.heads % 2 != 0)
    refuse("rotary positions turn pairs of channels", "an even d/H",
           "d/H = " + std::to_string(s.embedding / s.heads));
}

TokenMixing mixing_of(const NetworkSizes& s) {
  if (s.mixing == "attention") return TokenMixing::attention;
  if (s.mixing == "dense") return TokenMixing::dense;
  if (s.parallel_heads) return TokenMixing::parallel_heads;
  if (s.heads > 1) return s.expanded ? TokenMixing::heads_expanded : TokenMixing::heads;
  if (s.expanded) return TokenMixing::expanded;
  return s.kernel_rows > 1 ? TokenMixing::kernel : TokenMixing::flat;
}

/// A language model of another family than the TMM. Its heads are a matter of the family.
void plan_further_family(const Family& family, const NetworkSizes& s, Architecture& a) {
  if (s.network != Network::language_model || s.kernel_rows > 1 || s.expanded || s.parallel_heads || s.tied)
    refuse("a new network of this family is a plain language model",
           "neither an autoencoder, a kernel, expanded layers, parallel heads nor one embedding",
           "family " + s.family);
  if (!family.plan(a, s.blocks))
    refuse("no new networks of this family are made", "tmm, first-tmm or softplus-heads", s.family);
  if (s.heads > 1 && a.mixing != TokenMixing::parallel_heads)
    refuse("layers of this family have no heads", "H = 1", "H = " + std::to_string(s.heads));
}

}  // namespace

Architecture plan_architecture(const NetworkSizes& sizes) {
  check(sizes);
  check_mixing(sizes);
  const Family* family = find_family(std::string_view(sizes.family));
  if (family == nullptr) refuse("no such family", "tmm, first-tmm or softplus-heads", sizes.family);
  Architecture a;
  a.family = sizes.mixing == "attention" ? attention_family().name() : family->name();
  a.network = sizes.network;
  a.mixing = mixing_of(sizes);
  if (sizes.network == Network::autoencoder)
    a.parts = {{"encoderblocks", sizes.blocks}, {"decoderblocks", sizes.blocks}};
  else
    a.parts = {{"mixer_blocks", sizes.blocks}};
  a.context = sizes.context;
  a.embedding = sizes.embedding;
  a.vocabulary = sizes.vocabulary;
  a.hidden = sizes.expansion * sizes.embedding;
  a.heads = sizes.heads;
  a.kernel_rows = sizes.kernel_rows;
  a.bottleneck = sizes.bottleneck;
  a.tied = sizes.tied;
  if (family != &tmm_family()) plan_further_family(*family, sizes, a);
  // The rest is counted from the tensors, by the one place that knows them.
  const auto network = zero_network<float>(a);
  std::vector<TensorInfo> tensors;
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<const float>) {
    tensors.push_back({tensor, shape, DType::float32});
  });
  Assumptions assumptions;
  if (a.mixing == TokenMixing::attention) assumptions.context = Answer<std::size_t>{sizes.context, ""};
  return recognize(tensors, "a new network", assumptions);
}

}  // namespace tmm::model
