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

TokenMixing mixing_of(const NetworkSizes& s) {
  if (s.parallel_heads) return TokenMixing::parallel_heads;
  if (s.heads > 1) return s.expanded ? TokenMixing::heads_expanded : TokenMixing::heads;
  if (s.expanded) return TokenMixing::expanded;
  return s.kernel_rows > 1 ? TokenMixing::kernel : TokenMixing::flat;
}

}  // namespace

Architecture plan_architecture(const NetworkSizes& sizes) {
  check(sizes);
  Architecture a;
  a.family = tmm_family().name();
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
  // The rest is counted from the tensors, by the one place that knows them.
  const auto network = zero_network<float>(a);
  std::vector<TensorInfo> tensors;
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<const float>) {
    tensors.push_back({tensor, shape, DType::float32});
  });
  return recognize(tensors, "a new network");
}

}  // namespace tmm::model
