// SPDX-License-Identifier: MIT
#include "model/checkpoint/architecture.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/base/text.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {

std::string_view name(TokenMixing mixing) {
  switch (mixing) {
    case TokenMixing::flat:
      return "flat";
    case TokenMixing::heads:
      return "heads";
    case TokenMixing::expanded:
      return "expanded";
    case TokenMixing::heads_expanded:
      return "heads, expanded";
    case TokenMixing::kernel:
      return "kernel";
    case TokenMixing::parallel_heads:
      return "parallel heads";
    case TokenMixing::averages:
      return "exponential averages";
    case TokenMixing::dense:
      return "dense causal";
    case TokenMixing::attention:
      return "attention";
  }
  return "?";
}

std::string_view name(Network network) {
  switch (network) {
    case Network::language_model:
      return "causal language model";
    case Network::autoencoder:
      return "autoencoder";
    case Network::toeplitz_only:
      return "Toeplitz layers only";
  }
  return "?";
}

std::size_t Architecture::blocks() const {
  std::size_t total = 0;
  for (const BlockList& part : parts) total += part.blocks;
  return total;
}

std::vector<std::string> remarks(const Architecture& architecture) {
  std::vector<std::string> texts;
  if (!architecture.contradictions.empty()) texts.push_back(assumption_remark(architecture.contradictions));
  for (const NetworkCopy& copy : architecture.copies)
    texts.push_back(
        "A second set of blocks below \"" + printable(copy.prefix) + "\" (" + std::to_string(copy.tensors) +
        " tensors, perhaps a moving average) is not used: the results are of the blocks at the top.");
  texts.insert(texts.end(), architecture.notes.begin(), architecture.notes.end());
  return texts;
}

std::vector<std::string> forward_remarks(const Architecture& architecture) {
  std::vector<std::string> texts = remarks(architecture);
  std::vector<Contradiction> left_out;
  for (const std::string& tensor : architecture.unknown)
    if (!std::ranges::count(architecture.contradictions, tensor, &Contradiction::tensor))
      left_out.push_back({tensor, "unknown, left out of the forward pass"});
  if (!left_out.empty()) texts.push_back(describe(left_out) + ".");
  return texts;
}

bool has_own_blocks(const Architecture& architecture, std::string_view part) {
  return architecture.form.decoder != DecoderMixing::toeplitz && part == "decoderblocks";
}

std::vector<std::string> unknown_in_blocks(const Architecture& architecture) {
  std::vector<std::string> tensors;
  std::ranges::copy_if(architecture.unknown, std::back_inserter(tensors),
                       [](const std::string& tensor) { return parse_block_tensor(tensor).has_value(); });
  return tensors;
}

}  // namespace tmm::model
