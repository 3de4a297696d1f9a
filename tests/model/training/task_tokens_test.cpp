// SPDX-License-Identifier: MIT
#include "model/training/task_tokens.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "model/base/error.hpp"
#include "model/base/random_source.hpp"
#include "model/network/cross_entropy.hpp"

using namespace tmm::model;

namespace {

std::vector<TaskSizes> kinds() {
  return {{.task = Task::copy, .vocabulary = 7, .length = 21},
          {.task = Task::copy, .vocabulary = 2, .length = 2},
          {.task = Task::selective_copy, .vocabulary = 9, .length = 23, .remember = 5},
          {.task = Task::selective_copy, .vocabulary = 4, .length = 8, .remember = 4},
          {.task = Task::induction, .vocabulary = 12, .length = 29, .pairs = 5},
          {.task = Task::induction, .vocabulary = 9, .length = 24, .pairs = 3, .distance = 7}};
}

std::string error_of(const TaskSizes& sizes) {
  try {
    check_task(sizes);
  } catch (const tmm::ArgumentError& e) {
    return e.what();
  }
  return "none";
}

/// Solves a task from the tokens before the question alone.
std::int32_t solve(const TaskSizes& sizes, const std::vector<std::int32_t>& ids, std::size_t at) {
  if (sizes.task == Task::copy) return ids[at + 1 - sizes.length / 2];
  if (sizes.task == Task::induction) {
    for (std::size_t t = 0; t < at; ++t)
      if (ids[t] == ids[at]) return ids[t + 1];
    return -1;
  }
  std::vector<std::int32_t> kept;
  const auto start = std::find(ids.begin(), ids.end(), 1);
  std::copy_if(ids.begin(), start, std::back_inserter(kept), [](std::int32_t id) { return id != 0; });
  return kept.at(at - static_cast<std::size_t>(start - ids.begin()));
}

}  // namespace

TEST_CASE("the answer of every task stands in the input at the stated distance, and is the next token") {
  for (const TaskSizes& sizes : kinds()) {
    const TaskTokens task(sizes, 3);
    for (std::uint64_t i = 0; i < 50; ++i) {
      const auto s = task.draw(0, i);
      REQUIRE(s.ids.size() == task.length());
      std::size_t answers = 0;
      for (std::size_t t = 0; t < s.ids.size(); ++t) {
        CHECK(s.ids[t] >= 0);
        CHECK(static_cast<std::size_t>(s.ids[t]) < sizes.vocabulary);
        if (s.labels[t] == ignored_label) continue;
        ++answers;
        REQUIRE(s.distances[t] <= t);
        CHECK(s.labels[t] == s.ids[t - s.distances[t]]);
        if (t + 1 < s.ids.size()) CHECK(s.labels[t] == s.ids[t + 1]);
        CHECK(s.labels[t] == solve(sizes, s.ids, t));
      }
      CHECK(answers == answers_of_sequence(sizes));
    }
  }
}

TEST_CASE("a sequence is a function of seed, stream and number, and streams have none in common") {
  for (const TaskSizes& sizes : kinds()) {
    if (sizes.length < 10) continue;
    std::set<std::vector<std::int32_t>> first, second;
    for (std::uint64_t i = 0; i < 40; ++i) {
      CHECK(TaskTokens(sizes, 3).draw(0, i).ids == TaskTokens(sizes, 3).draw(0, i).ids);
      first.insert(TaskTokens(sizes, 3).draw(0, i).ids);
      second.insert(TaskTokens(sizes, 3).draw(2, i).ids);
      second.insert(TaskTokens(sizes, 4).draw(0, i).ids);
    }
    CHECK(first.size() == 40);
    CHECK(second.size() == 80);
    for (const auto& ids : first) CHECK_FALSE(second.contains(ids));
  }
}

TEST_CASE("induction asks every key once, keys are no values, and no fixed shift finds the answers") {
  const TaskSizes sizes{.task = Task::induction, .vocabulary = 17, .length = 64, .pairs = 4, .distance = 10};
  const TaskTokens task(sizes, 1);
  std::map<std::uint32_t, int> distances;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const auto s = task.draw(0, i);
    std::multiset<std::int32_t> stated, asked;
    for (std::size_t t = 0; t < 8; t += 2) {
      stated.insert(s.ids[t]);
      CHECK((s.ids[t] >= 1 && s.ids[t] <= 8));
      CHECK((s.ids[t + 1] >= 9 && s.ids[t + 1] <= 16));
    }
    for (std::size_t t = 0; t < s.ids.size(); ++t) {
      if (s.labels[t] == ignored_label) continue;
      asked.insert(s.ids[t]);
      ++distances[s.distances[t]];
    }
    CHECK(stated == asked);
    CHECK(std::set(stated.begin(), stated.end()).size() == 4);
  }
  for (const auto& [distance, count] : distances) {
    CHECK((distance >= 11 && distance <= 23));
    CHECK(distance % 2 == 1);
    CHECK(count < 1600 / 3);
  }
}

TEST_CASE("guesses are right as often as the chance levels say") {
  for (const TaskSizes& sizes : kinds()) {
    const TaskTokens task(sizes, 5);
    RandomSource guess({11});
    const auto chance = chance_level(sizes);
    double blind = 0, informed = 0, asked = 0;
    for (std::uint64_t i = 0; i < 3000; ++i) {
      const auto s = task.draw(1, i);
      std::vector<std::int32_t> answers;
      for (const std::int32_t label : s.labels)
        if (label != ignored_label) answers.push_back(label);
      const std::size_t first = sizes.task == Task::copy        ? 0
                                : sizes.task == Task::induction ? (sizes.vocabulary - 1) / 2 + 1
                                                                : 2;
      const std::size_t alphabet =
          sizes.task == Task::induction ? (sizes.vocabulary - 1) / 2 : sizes.vocabulary - first;
      for (const std::int32_t answer : answers) {
        blind += answer == static_cast<std::int32_t>(first + guess.below(alphabet)) ? 1 : 0;
        informed += answer == answers[guess.below(answers.size())] ? 1 : 0;
        ++asked;
      }
    }
    // Five standard deviations; guesses of one sequence share its answers, at most as if each sequence were
    // one.
    const auto slack = [&](double p) { return 5 * std::sqrt(p * (1 - p) / 3000); };
    CHECK(std::fabs(blind / asked - chance.blind) <= slack(chance.blind));
    CHECK(std::fabs(informed / asked - chance.in_sequence) <= slack(chance.in_sequence));
  }
}

TEST_CASE("tasks that cannot be asked are refused by the size that is wrong") {
  using Catch::Contains;
  CHECK_THAT(error_of({.task = Task::copy, .vocabulary = 1}), Contains("--vocabulary"));
  CHECK_THAT(error_of({.task = Task::copy, .length = 1}), Contains("--length"));
  CHECK_THAT(error_of({.task = Task::selective_copy, .vocabulary = 3}), Contains("--vocabulary"));
  CHECK_THAT(error_of({.task = Task::selective_copy, .length = 16, .remember = 9}),
             Contains("--remember") && Contains("1 to 8"));
  CHECK_THAT(error_of({.task = Task::selective_copy, .remember = 0}), Contains("--remember"));
  CHECK_THAT(error_of({.task = Task::induction, .vocabulary = 4}), Contains("--vocabulary"));
  CHECK_THAT(error_of({.task = Task::induction, .pairs = 0}), Contains("--pairs"));
  CHECK_THAT(error_of({.task = Task::induction, .vocabulary = 9, .pairs = 5}),
             Contains("--pairs") && Contains("keys"));
  CHECK_THAT(error_of({.task = Task::induction, .length = 15}), Contains("--pairs") && Contains("at most 3"));
  CHECK_THAT(error_of({.task = Task::induction, .length = 20, .pairs = 4, .distance = 5}),
             Contains("--distance") && Contains("at most 4"));
  CHECK(error_of({.task = Task::induction, .length = 20, .pairs = 4, .distance = 4}) == "none");
  CHECK_THROWS_AS(TaskTokens({.task = Task::in_context}, 1), tmm::ArgumentError);
}
