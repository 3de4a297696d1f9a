// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "model/training/task.hpp"

namespace tmm::model {

/// One sequence of a task. All three have the same length.
struct TaskSequence {
  std::vector<std::int32_t> ids;
  /// What is to be predicted at each position, ignored_label where nothing is asked.
  std::vector<std::int32_t> labels;
  /// Where something is asked at t: t − s, where s is the place at which the answer stands. Else 0.
  std::vector<std::uint32_t> distances;
};

/// Sequences of a task, drawn: copy, selective copy, induction. A blank is token 0.
///
/// copy            h = ⌊m/2⌋ tokens, uniform on 0 … v − 1, twice. Asked at h − 1 … 2h − 2 for the token h − 1
///                 places back.
/// selective copy  K tokens, uniform on 2 … v − 1, at K of the first m − K places (uniform without
///                 replacement), blanks else; then the marker 1; asked from the marker on for the K tokens in
///                 their order, each answer following its question (Gu and Dao 2023, section 4.1.1, after
///                 Jing et al. 2019). One distance for each answer, K … m − 1.
/// induction       K pairs (key, value): keys 1 … A, all different, values A + 1 … 2A, uniform, A = ⌊(v −
///                 1)/2⌋; D blanks; then each key once more, in a random order, each followed by its value,
///                 which is what the key asks for; blanks to the end. D is given or uniform on 0 … m − 4K for
///                 each sequence. Associative recall (Fu et al. 2023; with several questions Arora et al.
///                 2023). Distances are D + 1 … D + 4K − 3, odd numbers beyond D, and do not tell which pair
///                 is asked: no fixed shift solves it.
class TaskTokens {
 public:
  /// Throws ArgumentError as check_task does, and for in_context, which is asked on text.
  TaskTokens(const TaskSizes& sizes, std::uint64_t seed);

  /// Sequence number `sequence` of stream `stream`: a function of these, the sizes and the seed alone.
  [[nodiscard]] TaskSequence draw(std::uint64_t stream, std::uint64_t sequence) const;
  [[nodiscard]] const TaskSizes& sizes() const { return sizes_; }
  /// Tokens of a sequence.
  [[nodiscard]] std::size_t length() const;

 private:
  TaskSizes sizes_;
  std::uint64_t seed_;
};

}  // namespace tmm::model
