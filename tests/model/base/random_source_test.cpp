// SPDX-License-Identifier: MIT
#include "model/base/random_source.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "model/training/synthetic_tokens.hpp"

using tmm::model::RandomSource;

TEST_CASE("random numbers are the same on every machine") {
  // Written down once; a change of any of them changes every training run.
  RandomSource source({1, 2});
  CHECK(source.bits() == 0x6e0a3dc9690b4a77U);
  CHECK(source.below(1000) == 886);
  CHECK(source.uniform() == 0x1.2e5dd62ab40e2p-2);
  CHECK(source.normal() == 0x1.1a12648697a2bp-3);
}

TEST_CASE("a random source continues from its state") {
  RandomSource first({7});
  for (int i = 0; i < 5; ++i) first.normal();
  RandomSource second(first.state());
  for (int i = 0; i < 100; ++i) REQUIRE(first.normal() == second.normal());
}

TEST_CASE("sources of different names differ, also in their order and their zeros") {
  std::set<std::uint64_t> seen;
  for (const auto& name :
       {RandomSource({1, 2}), RandomSource({2, 1}), RandomSource({1}), RandomSource({1, 0}),
        RandomSource({0, 1}), RandomSource({0}), RandomSource({0, 0})})
    seen.insert(RandomSource(name.state()).bits());
  CHECK(seen.size() == 7);
}

TEST_CASE("normal numbers have the moments of the normal distribution") {
  RandomSource source({3});
  const int count = 200'000;
  double moments[5] = {};
  for (int i = 0; i < count; ++i) {
    const double x = source.normal();
    for (int k = 1; k < 5; ++k) moments[k] += std::pow(x, k) / count;
  }
  const double deviation = 1 / std::sqrt(count);  // five standard errors of each
  CHECK(std::fabs(moments[1]) < 5 * deviation);
  CHECK(std::fabs(moments[2] - 1) < 5 * std::sqrt(2.0) * deviation);
  CHECK(std::fabs(moments[3]) < 5 * std::sqrt(15.0) * deviation);
  CHECK(std::fabs(moments[4] - 3) < 5 * std::sqrt(96.0) * deviation);
}

TEST_CASE("the portable logarithm is one") {
  RandomSource source({4});
  for (int i = 0; i < 10'000; ++i) {
    const double x = std::ldexp(source.uniform() + 0x1p-53, static_cast<int>(source.below(600)) - 300);
    const double expected = std::log(x);
    REQUIRE(std::fabs(tmm::model::portable_log(x) - expected) <= 4e-16 * std::max(1.0, std::fabs(expected)));
  }
  CHECK(tmm::model::portable_log(1) == 0);
}

TEST_CASE("bounded integers are uniform and stay below their bound") {
  RandomSource source({5});
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts.at(source.below(7));
  for (const int count : counts) CHECK(std::abs(count - 10'000) < 5 * 93);  // √(70000·1/7·6/7) = 93
}

TEST_CASE("synthetic tokens echo what came before, by their grammar in between") {
  const tmm::model::SyntheticTokens tokens(64, 9);
  std::vector<std::int32_t> long_one(4096), short_one(100);
  tokens.draw(0, 5, long_one);
  tokens.draw(0, 5, short_one);
  CHECK(std::equal(short_one.begin(), short_one.end(), long_one.begin()));
  tokens.draw(1, 5, short_one);
  CHECK_FALSE(std::equal(short_one.begin(), short_one.end(), long_one.begin()));
  // A token follows its predecessor by the grammar, or an echo has begun there, or where it
  // was taken from.
  std::size_t other = 0;
  std::vector<int> branch(4);
  for (std::size_t t = 1; t < long_one.size(); ++t) {
    std::size_t j = 0;
    while (j < 4 && tokens.successor(long_one[t - 1], j) != long_one[t]) ++j;
    if (j == 4)
      ++other;
    else
      ++branch[j];
  }
  CHECK(other < long_one.size() / 4);
  CHECK(branch[0] > branch[1]);
  CHECK(branch[1] > branch[2]);
  // Half of the phrases and 7 of 10 tokens are echoes: eight tokens in a row come again within the sequence.
  std::size_t echoes = 0;
  for (std::size_t t = 1024; t + 8 <= long_one.size(); ++t)
    for (std::size_t lag = 4; lag <= t; ++lag)
      if (std::equal(long_one.begin() + static_cast<std::ptrdiff_t>(t),
                     long_one.begin() + static_cast<std::ptrdiff_t>(t + 8),
                     long_one.begin() + static_cast<std::ptrdiff_t>(t - lag))) {
        ++echoes;
        break;
      }
  CHECK(echoes > 1000);
}
