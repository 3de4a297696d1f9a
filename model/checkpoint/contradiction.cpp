// SPDX-License-Identifier: MIT
#include "model/checkpoint/contradiction.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {
namespace {

struct Word {
  std::string_view part;  // of a name
  std::string_view meaning;
};

constexpr Word words[] = {
    {"decay_value", "the decay of a repeat mixer, whose matrix is not Toeplitz"},
    {"diag_weight", "the diagonal of a repeat mixer, whose matrix is not Toeplitz"},
    {"lora_", "LoRA factors that are not merged into the weight"},
    {"base_layer", "a weight with adapters beside it that are not merged into it"},
    {"parametrizations", "a parametrisation, from which the network computes its weight"},
    {"weight_orig", "a weight under pruning or spectral normalisation"},
    {"weight_mask", "a mask that the network multiplies the weight by"},
    {"weight_g", "weight normalisation, from which the network computes its weight"},
    {"weight_v", "weight normalisation, from which the network computes its weight"},
    {"scale", "a scale that the network multiplies the weight by"},
    {"zero_point", "the zero point of a quantised weight"},
    {"q_proj", "a projection of attention"},
    {"k_proj", "a projection of attention"},
    {"v_proj", "a projection of attention"},
};

/// "mixer_blocks.3." of a tensor of that block, empty outside of blocks.
std::string block_of(const std::string& tensor) {
  const auto place = parse_block_tensor(tensor);
  return place ? tensor.substr(0, tensor.size() - place->rest.size()) : std::string();
}

/// What of `rest`, a name below its block, stands below a token-mixing layer.
std::optional<std::string_view> below_mixing(std::string_view rest,
                                             std::span<const std::string_view> mixing_layers) {
  for (const std::string_view layer : mixing_layers)
    if (rest.starts_with(layer)) return rest.substr(layer.size());
  return std::nullopt;
}

}  // namespace

std::string meaning_below_mixing(std::string_view rest) {
  for (const Word& word : words)
    if (rest.find(word.part) != std::string_view::npos) return std::string(word.meaning);
  return "no part of any Toeplitz layer that is known here";
}

std::vector<Contradiction> contradictions_of_names(std::span<const std::string> unknown,
                                                   std::span<const std::string> missing,
                                                   std::span<const std::string_view> mixing_layers) {
  if (unknown.empty()) return {};
  std::map<std::string, std::string> lacks;  // block -> the first tensor it lacks outside of token mixing
  for (const std::string& tensor : missing)
    if (const std::string block = block_of(tensor);
        !block.empty() && !below_mixing(tensor.substr(block.size()), mixing_layers))
      lacks.try_emplace(block, tensor.substr(block.size()));
  std::vector<Contradiction> found;
  for (const std::string& tensor : unknown) {
    const auto place = parse_block_tensor(tensor);
    if (!place) continue;
    if (const auto rest = below_mixing(place->rest, mixing_layers)) {
      found.push_back({tensor, meaning_below_mixing(*rest)});
    } else if (const auto lack = lacks.find(block_of(tensor)); lack != lacks.end()) {
      found.push_back({tensor, "a block of another class, without " + lack->second +
                                   (place->rest.starts_with("channel_mixing_layer.2.")
                                        ? " (repeat mixers have it so, and they are not Toeplitz)"
                                        : "")});
    }
  }
  return found;
}

std::optional<Contradiction> dense_matrix(const Tensor& weight) {
  const auto& shape = weight.info.shape;
  if (shape.size() != 2 || shape[0] != shape[1] || shape[0] < 2) return std::nullopt;
  const std::size_t n = shape[0];
  std::size_t above = 0, below = 0, diagonal = 0;
  std::visit(
      [&](const auto& values) {
        for (std::size_t t = 0; t < n; ++t)
          for (std::size_t s = 0; s < n; ++s)
            if (values[t * n + s] != 0) ++(s > t ? above : s < t ? below : diagonal);
      },
      weight.values);
  if ((above > 0 && below > 0) || above + below + diagonal < n) return std::nullopt;
  return Contradiction{weight.info.name, "a dense matrix " + format_shape(shape) + " with zeros " +
                                             (above > 0 ? "below" : "above") + " the diagonal"};
}

bool zero_above_diagonal(const Tensor& matrix) {
  const std::size_t n = matrix.info.shape[0];
  return std::visit(
      [n](const auto& values) {
        for (std::size_t t = 0; t < n; ++t)
          for (std::size_t s = t + 1; s < n; ++s)
            if (values[t * n + s] != 0) return false;
        return true;
      },
      matrix.values);
}

std::string describe(std::span<const Contradiction> contradictions) {
  constexpr std::size_t shown = 3;  // tensors of one meaning
  std::vector<std::pair<std::string, std::vector<std::string>>> by_meaning;
  for (const Contradiction& c : contradictions) {
    auto place = std::ranges::find(by_meaning, c.meaning, &decltype(by_meaning)::value_type::first);
    if (place == by_meaning.end()) place = by_meaning.insert(place, {c.meaning, {}});
    place->second.push_back(c.tensor);
  }
  std::string text;
  for (const auto& [meaning, tensors] : by_meaning) {
    text += text.empty() ? "" : "; ";
    for (std::size_t i = 0; i < std::min(shown, tensors.size()); ++i)
      text += (i > 0 ? ", " : "") + printable(tensors[i]);
    if (tensors.size() > shown) text += " and " + std::to_string(tensors.size() - shown) + " more";
    text += ": " + printable(meaning);
  }
  return text;
}

void require_no_contradictions(std::span<const Contradiction> contradictions, const std::string& source) {
  if (contradictions.empty()) return;
  throw FormatError(
      "the stored weights are not the operators that the network applies. " + describe(contradictions),
      {source, "", "", "",
       "--assume-toeplitz takes each stored weight for a Toeplitz operator all the same, with a "
       "remark in every output"});
}

std::string assumption_remark(std::span<const Contradiction> contradictions) {
  return "Assumed (--assume-toeplitz): each stored weight is a Toeplitz operator that the network applies. "
         "The "
         "file says otherwise: " +
         describe(contradictions) + ". What is proven is proven of the stored weights alone.";
}

}  // namespace tmm::model
