// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tmm::model {

/// What a network is asked to do with its context, where the right answers are known.
enum class Task {
  copy,            ///< the second half repeats the first
  selective_copy,  ///< tokens scattered among blanks, to be repeated in order after a marker
  induction,       ///< pairs of a key and a value; asked by a key, its value is the answer
  in_context       ///< the next token of a text: how much does more context help?
};

std::string_view name(Task task);
/// "copy", "selective-copy", "induction" or "in-context"; nothing for any other text.
std::optional<Task> parse_task(std::string_view text);

/// A task with its sizes.
struct TaskSizes {
  Task task = Task::copy;
  std::size_t vocabulary = 64;  ///< v
  std::size_t length = 64;      ///< tokens of a sequence, m; copy uses 2⌊m/2⌋ of them
  std::size_t pairs = 4;        ///< K of induction
  std::optional<std::size_t> distance =
      std::nullopt;          ///< blanks between pairs and questions; none: another number for each sequence
  std::size_t remember = 8;  ///< K of selective copy
};

/// Throws ArgumentError naming the size: no room for the pairs or tokens, a vocabulary too small for them.
void check_task(const TaskSizes& sizes);

/// How often a guess is right that knows nothing but the rules.
struct ChanceLevel {
  double blind = 0;        ///< any of the tokens that can be an answer, all alike
  double in_sequence = 0;  ///< one of the answers of this sequence, all alike: what is known of one that has
                           ///< found the answers and not which is asked for
};

/// Of a task whose sequences are drawn (not in_context). With A tokens that can be answers and K answers a
/// sequence, drawn independently: blind 1/A, in_sequence 1/K + (1 − 1/K)/A.
ChanceLevel chance_level(const TaskSizes& sizes);

/// K: answers a sequence of a drawn task asks for.
std::size_t answers_of_sequence(const TaskSizes& sizes);

}  // namespace tmm::model
