// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tmm::model {

/// Sequences of one length with what each position is to predict.
struct TokenBatch {
  std::size_t sequences = 0;
  std::vector<std::int32_t> ids;     ///< (sequences, m)
  std::vector<std::int32_t> labels;  ///< (sequences, m): what logits_t are compared with, or ignored_label

  [[nodiscard]] std::size_t length() const { return sequences == 0 ? 0 : ids.size() / sequences; }
};

/// Throws ArgumentError unless the batch has sequences of 1 to `longest` tokens, a label for each token, and
/// all tokens and labels in [0, v) (a label may be ignored_label); it names sequence and position.
void check_batch(const TokenBatch& batch, std::size_t longest, std::size_t v);

}  // namespace tmm::model
