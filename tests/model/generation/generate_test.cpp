// SPDX-License-Identifier: MIT
#include "model/generation/generate.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <stdexcept>

#include "model/base/error.hpp"
#include "model/generation/score.hpp"
#include "model/generation/whole_pass.hpp"
#include "model/network/cross_entropy.hpp"
#include "model/network/random_network.hpp"

using namespace tmm;
using model::generate, model::GenerationSettings, model::Sampling;
using test::random_state;

namespace {

std::vector<std::int32_t> ids_of(const model::Generation& generation) {
  std::vector<std::int32_t> ids;
  for (const model::Choice& choice : generation.tokens) ids.push_back(choice.id);
  return ids;
}

const std::vector<std::int32_t> prompt = {3, 14, 15, 9, 26};

}  // namespace

TEST_CASE("generation with caches draws the tokens that generation without them draws, for every sampling") {
  for (const std::string variant : {"flat", "heads_expanded", "kernel", "softplus_heads", "first_tmm"}) {
    const auto network = model::load_network<double>(random_state(variant, 90));
    for (const Sampling sampling : {Sampling{}, Sampling{1, 0, 1, 7}, Sampling{0.8, 9, 0.9, 8}}) {
      CAPTURE(variant, sampling.temperature);
      const auto cached = generate<double>(network, prompt, {70, sampling, true, false, 1});
      const auto whole = generate<double>(network, prompt, {70, sampling, false, false, 1});
      REQUIRE(cached.tokens.size() == 70);
      CHECK(ids_of(cached) == ids_of(whole));
      for (std::size_t i = 0; i < 70; ++i)
        CHECK(cached.tokens[i].log_probability == Approx(whole.tokens[i].log_probability).margin(1e-10));
    }
  }
}

TEST_CASE("each token is handed over as it comes, and the same seed gives the same tokens") {
  const auto network = model::load_network<float>(random_state("flat"));
  std::vector<std::int32_t> seen;
  const GenerationSettings settings{16, {1, 0, 1, 5}, true, false, 1};
  const auto generation = generate<float>(network, prompt, settings,
                                          [&](const model::Choice& choice) { seen.push_back(choice.id); });
  CHECK(seen == ids_of(generation));
  CHECK(seen == ids_of(generate<float>(network, prompt, settings)));
  auto other = settings;
  other.sampling.seed = 6;
  CHECK(seen != ids_of(generate<float>(network, prompt, other)));
  CHECK(generation.tokens_per_second() > 0);
  other.count = 1;
  CHECK(std::isnan(generate<float>(network, prompt, other).tokens_per_second()));
}

TEST_CASE("a window slides: behind n tokens each next one follows from the last n alone") {
  const auto network = model::load_network<double>(random_state("flat"));  // n = 21
  const auto generation = generate<double>(network, prompt, {60, {}, true, true, 1});
  REQUIRE(generation.tokens.size() == 60);
  std::vector<std::int32_t> all = prompt;
  model::WholePass<double> pass(network, 21, 1);
  for (const model::Choice& choice : generation.tokens) {
    const auto logits = pass.logits(std::span(all).last(std::min<std::size_t>(21, all.size())));
    CHECK(choice.id == std::ranges::max_element(logits) - logits.begin());
    all.push_back(choice.id);
  }
  // Without it, the network's context is the end; the very last token is not read.
  CHECK(ids_of(generate<double>(network, prompt, {17, {}, true, false, 1})).size() == 17);
  CHECK_THROWS_WITH(generate<double>(network, prompt, {18, {}, true, false, 1}),
                    Catch::Contains("at most 17 tokens behind this prompt, found 18"));
  const std::vector<std::int32_t> longer(30, 2);
  CHECK_THROWS_WITH(generate<double>(network, longer, {1, {}, true, false, 1}), Catch::Contains("found 30"));
  CHECK(generate<double>(network, longer, {2, {}, true, true, 1}).tokens.size() == 2);
}

TEST_CASE("a window may be asked for more tokens than will ever be drawn") {
  const auto network = model::load_network<float>(random_state("flat"));
  std::size_t drawn = 0;
  const auto stop = [&](const model::Choice&) {
    if (++drawn == 30) throw std::runtime_error("enough");
  };
  CHECK_THROWS_WITH(generate<float>(network, prompt, {~std::size_t{0}, {}, true, true, 1}, stop), "enough");
  CHECK_THROWS_WITH(generate<float>(network, prompt, {~std::size_t{0}, {}, true, false, 1}, stop),
                    Catch::Contains("at most 17 tokens"));
}

TEST_CASE("a network that overflows ends its generation there") {
  auto network = model::load_network<float>(random_state("flat"));
  std::ranges::fill(network.output, 3e38F);
  const auto generation = generate<float>(network, prompt, {5, {}, true, false, 1});
  CHECK(generation.overflow);
  CHECK(generation.tokens.empty());
}

TEST_CASE("generation names what it cannot begin with") {
  const auto network = model::load_network<float>(random_state("flat"));
  const GenerationSettings settings{3, {}, true, false, 1};
  CHECK_THROWS_WITH(generate<float>(network, {}, settings), Catch::Contains("empty"));
  CHECK_THROWS_WITH(generate<float>(network, std::vector<std::int32_t>{30}, settings),
                    Catch::Contains("ids from 0 to 29"));
  CHECK_THROWS_AS(generate<float>(network, prompt, {0, {}, true, false, 1}), ArgumentError);
  for (const std::string variant : {"autoencoder", "dense_heads"})
    for (const bool cached : {true, false})
      CHECK_THROWS_WITH(generate<float>(model::load_network<float>(random_state(variant)), prompt,
                                        {3, {}, cached, false, 1}),
                        Catch::Contains("predicts no next token"));
}

TEST_CASE("scores of continuations are sums of log-probabilities of whole passes, in the order of requests") {
  for (const std::string variant : {"flat", "expanded", "averages", "softplus_heads"}) {
    CAPTURE(variant);
    auto network = model::load_network<double>(random_state(variant, 60));
    network.architecture.context = 60;
    const auto greedy = ids_of(generate<double>(network, prompt, {45, {}, true, false, 1}));
    const std::vector<model::Continuation> requests = {
        {prompt, {7}}, {{1, 2}, {3, 4, 5}},   {prompt, greedy},
        {{1, 2}, {3}}, {prompt, {7, 8, 9}},   {std::vector<std::int32_t>(60, 4), {greedy[0]}},
        {prompt, {7}}, {prompt, {greedy[0]}}, {{29}, std::vector<std::int32_t>(60, 28)}};
    for (const std::size_t threads : {1U, 2U, 8U}) {
      const auto scores = model::score_continuations<double>(network, requests, threads);
      REQUIRE(scores.size() == requests.size());
      model::WholePass<double> pass(network, 60, 1);
      for (std::size_t i = 0; i < requests.size(); ++i) {
        CAPTURE(threads, i);
        std::vector<std::int32_t> all = requests[i].context;
        double sum = 0;
        bool all_largest = true;
        for (const std::int32_t id : requests[i].continuation) {
          const auto logits = pass.logits(all);
          model::TokenLoss loss;
          model::cross_entropy(model::MatrixView<const double>(logits.data(), 1, logits.size()), &id, &loss);
          sum -= loss.loss;
          all_largest = all_largest && loss.correct;
          all.push_back(id);
        }
        CHECK(scores[i].log_likelihood == Approx(sum).epsilon(1e-11));
        CHECK(scores[i].greedy == all_largest);
      }
      CHECK(scores[2].greedy);
      CHECK(scores[7].greedy);
    }
  }
}

TEST_CASE("requests that cannot be scored are refused") {
  const auto network = model::load_network<float>(random_state("flat"));  // n = 21
  const auto score = [&](model::Continuation request) {
    return [&network, requests = std::vector{std::move(request)}] {
      (void)model::score_continuations<float>(network, requests, 1);
    };
  };
  CHECK_THROWS_AS(score({{}, {1}})(), ArgumentError);
  CHECK_THROWS_AS(score({{1}, {}})(), ArgumentError);
  CHECK_THROWS_AS(score({{1}, {30}})(), ArgumentError);
  CHECK_THROWS_AS(score({prompt, std::vector<std::int32_t>(18, 1)})(), ArgumentError);
  CHECK_NOTHROW(score({prompt, std::vector<std::int32_t>(17, 1)})());
}
