// SPDX-License-Identifier: MIT
#include "model/generation/sampler.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "model/base/error.hpp"

using namespace tmm;
using model::Sampler, model::Sampling;

namespace {

std::vector<float> random_logits(std::size_t v, unsigned seed = 1) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal(0, 2);
  std::vector<float> logits(v);
  for (float& x : logits) x = normal(engine);
  return logits;
}

/// The distribution that a sampler shall have, written down as it is defined.
std::vector<double> probabilities(const std::vector<float>& logits, const Sampling& sampling) {
  std::vector<std::size_t> order(logits.size());
  for (std::size_t j = 0; j < order.size(); ++j) order[j] = j;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
  if (sampling.top_k != 0) order.resize(std::min(order.size(), sampling.top_k));
  std::vector<double> p(logits.size());
  const auto divide = [&] {
    double sum = 0;
    for (const std::size_t j : order) sum += p[j];
    for (double& x : p) x /= sum;
  };
  for (const std::size_t j : order) p[j] = std::exp(static_cast<double>(logits[j]) / sampling.temperature);
  divide();
  double sum = 0;
  std::size_t kept = 0;
  while (kept < order.size() && sum < sampling.top_p) sum += p[order[kept++]];
  for (std::size_t i = kept; i < order.size(); ++i) p[order[i]] = 0;
  order.resize(kept);
  divide();
  return p;
}

/// χ² of `draws` tokens, and the degrees of freedom; tokens that are rarely expected make one cell.
std::pair<double, double> chi_square(const std::vector<float>& logits, const Sampling& sampling,
                                     std::size_t draws) {
  Sampler sampler(sampling, logits.size());
  std::vector<double> counts(logits.size());
  for (std::size_t i = 0; i < draws; ++i)
    ++counts.at(static_cast<std::size_t>(sampler.choose<float>(logits)->id));
  const auto p = probabilities(logits, sampling);
  double chi = 0, cells = 0, rare_count = 0, rare_expected = 0;
  for (std::size_t j = 0; j < p.size(); ++j) {
    const double expected = p[j] * static_cast<double>(draws);
    if (expected == 0) CHECK(counts[j] == 0);
    if (expected < 10) {
      rare_count += counts[j];
      rare_expected += expected;
      continue;
    }
    chi += (counts[j] - expected) * (counts[j] - expected) / expected;
    ++cells;
  }
  if (rare_expected > 1) {
    chi += (rare_count - rare_expected) * (rare_count - rare_expected) / rare_expected;
    ++cells;
  }
  return {chi, cells - 1};
}

}  // namespace

TEST_CASE("frequencies of drawn tokens are those of the distribution: temperature, top k, top p") {
  const auto logits = random_logits(40);
  for (const Sampling sampling : {Sampling{1, 0, 1, 1}, Sampling{0.7, 0, 1, 2}, Sampling{2, 12, 1, 3},
                                  Sampling{1, 0, 0.8, 4}, Sampling{1.5, 20, 0.9, 5}, Sampling{1, 40, 1, 6}}) {
    CAPTURE(sampling.temperature, sampling.top_k, sampling.top_p);
    const auto [chi, freedom] = chi_square(logits, sampling, 30000);
    REQUIRE(freedom >= 3);
    const boost::math::chi_squared distribution(freedom);
    CHECK(chi < quantile(complement(distribution, 1e-3)));
    CHECK(chi > quantile(distribution, 1e-3));  // nor are they too good
  }
  // The same draws are none of another temperature.
  Sampler sampler({1.2, 0, 1, 1}, logits.size());
  std::vector<double> counts(logits.size());
  for (int i = 0; i < 30000; ++i) ++counts.at(static_cast<std::size_t>(sampler.choose<float>(logits)->id));
  const auto p = probabilities(logits, {1, 0, 1, 1});
  double chi = 0;
  for (std::size_t j = 0; j < p.size(); ++j)
    chi += (counts[j] - p[j] * 30000) * (counts[j] - p[j] * 30000) / (p[j] * 30000);
  CHECK(chi > quantile(complement(boost::math::chi_squared(39), 1e-3)));
}

TEST_CASE(
    "temperature 0 takes the first of the largest logits, and so does one that is next to 0, or top k 1") {
  const std::vector<double> logits = {1, 5, -2, 5, 4.999};
  for (const Sampling sampling :
       {Sampling{0, 0, 1, 1}, Sampling{0, 3, 0.5, 2}, Sampling{3, 1, 1, 3}, Sampling{1, 0, 1e-9, 4}}) {
    Sampler sampler(sampling, logits.size());
    for (int i = 0; i < 20; ++i) CHECK(sampler.choose<double>(logits)->id == 1);
  }
  Sampler nearly({1e-300, 0, 1, 5}, logits.size());
  for (int i = 0; i < 20; ++i) {
    const auto id = nearly.choose<double>(logits)->id;
    CHECK((id == 1 || id == 3));
  }
}

TEST_CASE("of equal logits at the edge of a cut those with smaller ids stay") {
  const std::vector<double> logits(10, 1.5);
  Sampler sampler({1, 3, 1, 1}, logits.size());
  for (int i = 0; i < 100; ++i) CHECK(sampler.choose<double>(logits)->id < 3);
  Sampler nucleus({1, 0, 0.45, 1}, logits.size());
  for (int i = 0; i < 100; ++i) CHECK(nucleus.choose<double>(logits)->id < 5);
}

TEST_CASE("draws are those of their seed, and probabilities the network's own") {
  const auto logits = random_logits(50, 9);
  const auto draw = [&](std::uint64_t seed) {
    Sampler sampler({1.3, 20, 0.95, seed}, logits.size());
    std::vector<std::int32_t> ids;
    for (int i = 0; i < 50; ++i) ids.push_back(sampler.choose<float>(logits)->id);
    return ids;
  };
  CHECK(draw(1) == draw(1));
  CHECK(draw(1) != draw(2));
  double sum = 0;
  for (const float x : logits) sum += std::exp(static_cast<double>(x));
  Sampler sampler({2, 5, 0.9, 1}, logits.size());
  for (int i = 0; i < 20; ++i) {
    const auto choice = sampler.choose<float>(logits);
    const auto x = static_cast<double>(logits[static_cast<std::size_t>(choice->id)]);
    CHECK(choice->log_probability == Approx(x - std::log(sum)).margin(1e-6));
  }
}

TEST_CASE("logits that are not finite give no token, settings out of range an error") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const double temperature : {0.0, 1.0})
    for (const std::size_t place : {0U, 1U, 2U}) {
      Sampler sampler({temperature, 0, 1, 1}, 3);
      std::vector<double> logits = {1, 2, 3};
      logits[place] = nan;
      CHECK_FALSE(sampler.choose<double>(logits));
      logits[place] = inf;
      CHECK_FALSE(sampler.choose<double>(logits));
      CHECK_FALSE(sampler.choose<double>(std::vector<double>(3, -inf)));
      logits[place] = -inf;  // a token that never comes
      CHECK(sampler.choose<double>(logits)->id != static_cast<std::int32_t>(place));
    }
  CHECK_THROWS_WITH(Sampler({-1, 0, 1, 1}, 3), Catch::Contains("0 or more"));
  CHECK_THROWS_AS(Sampler({nan, 0, 1, 1}, 3), ArgumentError);
  CHECK_THROWS_AS(Sampler({inf, 0, 1, 1}, 3), ArgumentError);
  CHECK_THROWS_AS(Sampler({1, 0, 0, 1}, 3), ArgumentError);
  CHECK_THROWS_AS(Sampler({1, 0, 1.5, 1}, 3), ArgumentError);
  CHECK_THROWS_AS(Sampler({1, 0, nan, 1}, 3), ArgumentError);
}
