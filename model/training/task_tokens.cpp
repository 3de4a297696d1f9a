// SPDX-License-Identifier: MIT
#include "model/training/task_tokens.hpp"

#include <numeric>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/random_source.hpp"
#include "model/network/cross_entropy.hpp"

namespace tmm::model {
namespace {

constexpr std::uint64_t task_source = 0x7461736b;  // first word of the names of these random sources
constexpr std::int32_t blank = 0, marker = 1;

/// `count` different numbers of 0 … bound − 1, all ordered choices alike (the first steps of Fisher and
/// Yates).
std::vector<std::size_t> choose(std::size_t count, std::size_t bound, RandomSource& source) {
  std::vector<std::size_t> all(bound);
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (std::size_t i = 0; i < count; ++i) std::swap(all[i], all[i + source.below(bound - i)]);
  all.resize(count);
  return all;
}

/// At `at` the token is asked for that stands at `place`.
void ask(TaskSequence& s, std::size_t at, std::size_t place) {
  s.labels[at] = s.ids[place];
  s.distances[at] = static_cast<std::uint32_t>(at - place);
}

void draw_copy(const TaskSizes& sizes, RandomSource& source, TaskSequence& s) {
  const std::size_t half = sizes.length / 2;
  for (std::size_t i = 0; i < half; ++i) {
    s.ids[i] = s.ids[half + i] = static_cast<std::int32_t>(source.below(sizes.vocabulary));
    ask(s, half + i - 1, i);
  }
}

void draw_selective_copy(const TaskSizes& sizes, RandomSource& source, TaskSequence& s) {
  const std::size_t count = sizes.remember, start = sizes.length - count;
  std::vector<bool> taken(start);
  for (const std::size_t place : choose(count, start, source)) taken[place] = true;
  s.ids[start] = marker;
  std::size_t asked = 0;
  for (std::size_t place = 0; place < start; ++place) {
    if (!taken[place]) continue;
    s.ids[place] = static_cast<std::int32_t>(2 + source.below(sizes.vocabulary - 2));
    ask(s, start + asked, place);
    if (++asked < count) s.ids[start + asked] = s.ids[place];
  }
}

void draw_induction(const TaskSizes& sizes, RandomSource& source, TaskSequence& s) {
  const std::size_t pairs = sizes.pairs, alphabet = (sizes.vocabulary - 1) / 2;
  const auto keys = choose(pairs, alphabet, source);
  for (std::size_t i = 0; i < pairs; ++i) {
    s.ids[2 * i] = static_cast<std::int32_t>(1 + keys[i]);
    s.ids[2 * i + 1] = static_cast<std::int32_t>(1 + alphabet + source.below(alphabet));
  }
  const std::size_t gap =
      sizes.distance ? *sizes.distance : static_cast<std::size_t>(source.below(sizes.length - 4 * pairs + 1));
  std::size_t at = 2 * pairs + gap;
  for (const std::size_t asked : choose(pairs, pairs, source)) {
    s.ids[at] = s.ids[2 * asked];
    ask(s, at, 2 * asked + 1);
    s.ids[at + 1] = s.ids[2 * asked + 1];
    at += 2;
  }
}

}  // namespace

TaskTokens::TaskTokens(const TaskSizes& sizes, std::uint64_t seed) : sizes_(sizes), seed_(seed) {
  check_task(sizes);
  if (sizes.task == Task::in_context)
    throw ArgumentError("this task is asked on text", {"", "", "tokens of a file", "none", ""});
}

std::size_t TaskTokens::length() const {
  return sizes_.task == Task::copy ? sizes_.length / 2 * 2 : sizes_.length;
}

TaskSequence TaskTokens::draw(std::uint64_t stream, std::uint64_t sequence) const {
  RandomSource source({task_source, static_cast<std::uint64_t>(sizes_.task), seed_, stream, sequence});
  TaskSequence s{std::vector<std::int32_t>(length(), blank),
                 std::vector<std::int32_t>(length(), ignored_label), std::vector<std::uint32_t>(length())};
  switch (sizes_.task) {
    case Task::copy:
      draw_copy(sizes_, source, s);
      break;
    case Task::selective_copy:
      draw_selective_copy(sizes_, source, s);
      break;
    case Task::induction:
      draw_induction(sizes_, source, s);
      break;
    case Task::in_context:
      break;
  }
  return s;
}

}  // namespace tmm::model
