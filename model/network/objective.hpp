// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/checkpoint/architecture.hpp"

namespace tmm::model {

/// What a network is trained to say at each position.
enum class Objective {
  clm,         ///< the next token
  copy,        ///< the next token of a sequence that is its first half twice; no loss in the first half
  autoencoder  ///< the token at the same position, all from one vector
};

std::string_view name(Objective objective);
/// "clm", "copy" or "autoencoder"; nothing for any other text.
std::optional<Objective> parse_objective(std::string_view text);
/// What a network of this kind is trained for unless its file says otherwise.
Objective default_objective(Network network);

/// labels[s·m + t] = the token that logits_t of sequence s are compared with, or ignored_label, given for
/// each position the token to be predicted there: a language model predicts wanted_{t+1} at t (and nothing at
/// m − 1), an autoencoder wanted_t.
std::vector<std::int32_t> align_labels(std::span<const std::int32_t> wanted, std::size_t length,
                                       Network network);

/// Labels of sequences (·, length) under an objective. For copy the sequences must be doubled already: the
/// second half of `ids` is wanted, the first is not.
std::vector<std::int32_t> make_labels(std::span<const std::int32_t> ids, std::size_t length,
                                      Objective objective);

}  // namespace tmm::model
