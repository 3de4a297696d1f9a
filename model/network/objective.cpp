// SPDX-License-Identifier: MIT
#include "model/network/objective.hpp"

#include <algorithm>

#include "model/network/cross_entropy.hpp"

namespace tmm::model {

std::string_view name(Objective objective) {
  switch (objective) {
    case Objective::clm:
      return "clm";
    case Objective::copy:
      return "copy";
    case Objective::autoencoder:
      return "autoencoder";
  }
  return "?";
}

std::optional<Objective> parse_objective(std::string_view text) {
  for (const Objective o : {Objective::clm, Objective::copy, Objective::autoencoder})
    if (text == name(o)) return o;
  return std::nullopt;
}

Objective default_objective(Network network) {
  return network == Network::autoencoder ? Objective::autoencoder : Objective::clm;
}

std::vector<std::int32_t> align_labels(std::span<const std::int32_t> wanted, std::size_t length,
                                       Network network) {
  std::vector<std::int32_t> labels(wanted.begin(), wanted.end());
  if (network == Network::autoencoder) return labels;
  for (std::size_t start = 0; start < labels.size(); start += length) {
    const auto first = labels.begin() + static_cast<std::ptrdiff_t>(start);
    std::rotate(first, first + 1, first + static_cast<std::ptrdiff_t>(length));
    *(first + static_cast<std::ptrdiff_t>(length) - 1) = ignored_label;
  }
  return labels;
}

std::vector<std::int32_t> make_labels(std::span<const std::int32_t> ids, std::size_t length,
                                      Objective objective) {
  std::vector<std::int32_t> wanted(ids.begin(), ids.end());
  if (objective == Objective::copy)
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (i % length < length / 2) wanted[i] = ignored_label;
  return align_labels(wanted, length,
                      objective == Objective::autoencoder ? Network::autoencoder : Network::language_model);
}

}  // namespace tmm::model
