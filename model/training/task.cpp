// SPDX-License-Identifier: MIT
#include "model/training/task.hpp"

#include <string>
#include <utility>

#include "model/base/error.hpp"

namespace tmm::model {
namespace {

[[noreturn]] void refuse(const TaskSizes& sizes, const std::string& option, std::string expected,
                         std::string found) {
  throw ArgumentError("the task " + std::string(name(sizes.task)) + " cannot be asked like this",
                      {"", option, std::move(expected), std::move(found), ""});
}

/// Tokens that can be answers.
std::size_t alphabet(const TaskSizes& s) {
  switch (s.task) {
    case Task::selective_copy:
      return s.vocabulary - 2;  // without the blank and the marker
    case Task::induction:
      return (s.vocabulary - 1) / 2;  // one half of what is no blank; the other half are keys
    case Task::copy:
    case Task::in_context:
      break;
  }
  return s.vocabulary;
}

void check_induction(const TaskSizes& s) {
  if (s.vocabulary < 5)
    refuse(s, "--vocabulary", "5 or more: a blank, two keys, two values", std::to_string(s.vocabulary));
  const std::size_t keys = alphabet(s), most = s.length / 4;
  if (s.pairs == 0 || s.pairs > keys)
    refuse(s, "--pairs", "1 to " + std::to_string(keys) + ", as many as there are keys in this vocabulary",
           std::to_string(s.pairs));
  if (s.pairs > most)
    refuse(s, "--pairs",
           "at most " + std::to_string(most) + " in " + std::to_string(s.length) +
               " tokens, of which each pair takes 4",
           std::to_string(s.pairs));
  if (s.distance && *s.distance > s.length - 4 * s.pairs)
    refuse(s, "--distance",
           "at most " + std::to_string(s.length - 4 * s.pairs) + " blanks beside " + std::to_string(s.pairs) +
               " pairs in " + std::to_string(s.length) + " tokens",
           std::to_string(*s.distance));
}

}  // namespace

std::string_view name(Task task) {
  switch (task) {
    case Task::copy:
      return "copy";
    case Task::selective_copy:
      return "selective-copy";
    case Task::induction:
      return "induction";
    case Task::in_context:
      return "in-context";
  }
  return "?";
}

std::optional<Task> parse_task(std::string_view text) {
  for (const Task task : {Task::copy, Task::selective_copy, Task::induction, Task::in_context})
    if (text == name(task)) return task;
  return std::nullopt;
}

void check_task(const TaskSizes& s) {
  if (s.task == Task::induction) return check_induction(s);
  if (s.task == Task::selective_copy) {
    if (s.vocabulary < 4)
      refuse(s, "--vocabulary", "4 or more: a blank, a marker, two tokens", std::to_string(s.vocabulary));
    if (s.remember == 0 || s.remember > s.length / 2)
      refuse(s, "--remember",
             "1 to " + std::to_string(s.length / 2) + " in " + std::to_string(s.length) + " tokens",
             std::to_string(s.remember));
    return;
  }
  if (s.vocabulary < 2) refuse(s, "--vocabulary", "2 or more", std::to_string(s.vocabulary));
  if (s.length < 2) refuse(s, "--length", "2 tokens or more", std::to_string(s.length));
}

std::size_t answers_of_sequence(const TaskSizes& s) {
  switch (s.task) {
    case Task::selective_copy:
      return s.remember;
    case Task::induction:
      return s.pairs;
    case Task::copy:
    case Task::in_context:
      break;
  }
  return s.length / 2;
}

ChanceLevel chance_level(const TaskSizes& sizes) {
  const double blind = 1 / static_cast<double>(alphabet(sizes));
  const double one = 1 / static_cast<double>(answers_of_sequence(sizes));
  return {blind, one + (1 - one) * blind};
}

}  // namespace tmm::model
