// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "model/checkpoint/contradiction.hpp"

namespace tmm::model {

/// An answer to a question that no tensor of a file answers, and who gave it.
template <class Value>
struct Answer {
  Value value{};
  std::string origin;  ///< "--mean-normalised", "metrics.json beside the file"
};

/// What a reader of a checkpoint takes for true without a tensor that says so.
struct Assumptions {
  Contradictions contradictions = Contradictions::refuse;
  std::optional<Answer<bool>> mean_normalised;  ///< rows of a layer are divided by the sums of their taps
  std::optional<Answer<bool>> clm_encoder;  ///< an autoencoder's code is x[m − 2], that of a language model
  std::optional<Answer<bool>> unroll;       ///< the decoder reads windows of the code, not the code itself
  std::optional<Answer<std::size_t>> context;  ///< n, where no tensor is as long

  Assumptions() = default;
  Assumptions(Contradictions c) : contradictions(c) {}  // NOLINT: most readers have nothing else to say
};

}  // namespace tmm::model
