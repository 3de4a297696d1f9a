// SPDX-License-Identifier: MIT
#include "model/generation/cached_pass.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <span>

#include "model/base/error.hpp"
#include "model/generation/allocations.hpp"
#include "model/generation/whole_logits.hpp"
#include "model/network/random_network.hpp"
#include "model/toeplitz/off_diagonal_product.hpp"

using namespace tmm;
using model::CachedPass, model::CacheMethod;
using test::Gap, test::random_batch, test::random_state, test::whole_pass;

namespace {

/// Every variant whose next token can be asked for.
std::vector<std::string> causal_variants() {
  std::vector<std::string> causal;
  std::ranges::copy_if(test::variants(), std::back_inserter(causal),
                       [](const auto& variant) { return !test::is_autoencoder(variant); });
  causal.push_back("averages");
  for (const char* heads : {"softplus_heads", "plain_heads"})
    causal.push_back(std::string(heads) + ", mean-normalised");
  return causal;
}

template <class T>
model::Tmm<T> network_of(const std::string& variant, std::size_t n) {
  const std::string stored = variant.substr(0, variant.find(','));
  auto network = model::load_network<T>(random_state(stored, n));
  network.architecture.context = n;  // averages have none of their own
  return stored == variant ? network : test::mean_normalised(std::move(network));
}

/// How far logits one token at a time behind a prompt of m are from those of one pass, over every position.
template <class T>
double gap_behind(const model::Tmm<T>& network, std::size_t m, CacheMethod method, std::size_t threads = 1) {
  const std::size_t n = network.architecture.context;
  const auto ids = random_batch(1, n, true, network.architecture.vocabulary).ids;
  const auto wanted = whole_pass<T>(network, ids);
  CachedPass<T> pass(network, threads, method);
  Gap<T> gap;
  gap.add(pass.start(std::span(ids).first(m), n), wanted[m - 1]);
  for (std::size_t t = m; t < n; ++t) gap.add(pass.step(ids[t]), wanted[t]);
  CHECK(pass.position() == n);
  return gap.relative();
}

/// The same for logits in float32 from the first position on, and those of one pass in double precision.
double gap_to_double(const std::string& variant, std::size_t n, CacheMethod method) {
  const auto ids = random_batch(1, n, true).ids;
  const auto wanted = whole_pass<double>(network_of<double>(variant, n), ids);
  const auto network = network_of<float>(variant, n);
  CachedPass<float> pass(network, 1, method);
  Gap<double> gap;
  for (std::size_t t = 0; t < n; ++t) {
    const auto logits = t == 0 ? pass.start(std::span(ids).first(1), n) : pass.step(ids[t]);
    gap.add(std::vector<double>(logits.begin(), logits.end()), wanted[t]);
  }
  return gap.relative();
}

constexpr CacheMethod methods[] = {CacheMethod::inner_products, CacheMethod::blocked, CacheMethod::automatic};

}  // namespace

TEST_CASE("logits of cached generation are those of a whole pass, at every position of every variant") {
  const std::size_t n = 150;  // squares of 32 and 64, and a part of one
  for (const std::string& variant : causal_variants()) {
    const auto in_double = network_of<double>(variant, n);
    const auto in_float = network_of<float>(variant, n);
    for (const CacheMethod method : methods)
      for (const std::size_t m : {1U, 21U, 149U, 150U}) {
        CAPTURE(variant, m, static_cast<int>(method));
        CHECK(gap_behind(in_double, m, method) < 1e-12);
        CHECK(gap_behind(in_float, m, method) < 1e-5);
      }
  }
}

TEST_CASE("so they are where squares are multiplied by Fourier transforms, and where prompts are") {
  const std::size_t n = 1300;  // a square of 1024
  for (const std::string variant : {"flat", "kernel", "heads_expanded", "softplus_heads, mean-normalised"}) {
    CAPTURE(variant);
    CHECK(gap_behind(network_of<double>(variant, n), 1, CacheMethod::blocked, 2) < 1e-12);
    // One transform over all of n rounds relative to all of the sequence: where taps are positive, float32
    // loses digits of the first outputs in the whole pass. What is cached does not, so it is held against
    // double precision.
    if (variant.starts_with("softplus"))
      CHECK(gap_to_double(variant, n, CacheMethod::blocked) < 1e-5);
    else
      CHECK(gap_behind(network_of<float>(variant, n), 1, CacheMethod::blocked, 2) < 1e-5);
  }
  REQUIRE(model::OffDiagonalProduct<double>::choose(1500, 1000) == model::ToeplitzMethod::fft);
  CHECK(gap_behind(network_of<double>("kernel", 2500), 1500, CacheMethod::blocked, 2) < 1e-12);
}

TEST_CASE("a pass that goes back to its prompt gives the same logits again") {
  const std::size_t n = 120, m = 30;
  for (const std::string& variant : causal_variants()) {
    CAPTURE(variant);
    const auto network = network_of<float>(variant, n);
    const auto ids = random_batch(1, n, true).ids;
    CachedPass<float> pass(network);
    std::vector<std::vector<float>> first, second;
    const auto walk = [&](std::span<const float> logits, std::size_t steps, auto& kept) {
      kept.emplace_back(logits.begin(), logits.end());
      for (std::size_t t = m; t < m + steps; ++t) {
        logits = pass.step(ids[t]);
        kept.emplace_back(logits.begin(), logits.end());
      }
    };
    walk(pass.start(std::span(ids).first(m), n), n - m, first);
    for (const std::size_t steps : {n - m, std::size_t{3}, n - m}) {
      second.clear();
      walk(pass.rewind(), steps, second);
      CHECK(std::equal(second.begin(), second.end(), first.begin()));
    }
    // Another, shorter sequence leaves nothing of the first behind.
    const auto wanted = whole_pass<float>(network, std::span(ids).subspan(40, 50));
    Gap<float> gap;
    gap.add(pass.start(std::span(ids).subspan(40, 5), 50), wanted[4]);
    for (std::size_t t = 5; t < 50; ++t) gap.add(pass.step(ids[40 + t]), wanted[t]);
    CHECK(gap.relative() < 1e-5);
  }
}

TEST_CASE("a further token takes no memory, whatever the variant") {
  if (!test::counts_allocations()) {
    WARN("allocations are not counted here");
    return;
  }
  const std::size_t n = 1200;
  for (const std::string& variant : causal_variants())
    for (const CacheMethod method : {CacheMethod::inner_products, CacheMethod::blocked}) {
      CAPTURE(variant, static_cast<int>(method));
      const auto network = network_of<float>(variant, n);
      CachedPass<float> pass(network, 1, method);
      const std::vector<std::int32_t> prompt(5, 3);
      const std::size_t unstarted = test::allocations();
      (void)pass.start(prompt, n);
      const std::size_t before = test::allocations();
      CHECK(before > unstarted);  // they are counted
      for (std::size_t t = prompt.size(); t < n; ++t) (void)pass.step(static_cast<std::int32_t>(t % 30));
      CHECK(test::allocations() == before);
    }
}

TEST_CASE("the caches of a sequence grow with its length, not with its square") {
  const std::size_t d = 48;
  const auto bytes = [&](const std::string& variant, std::size_t n) {
    auto network = model::load_network<float>(random_state(variant, n, d));
    network.architecture.context = n;
    CachedPass<float> pass(network);
    (void)pass.start(std::vector<std::int32_t>{1}, n);
    return static_cast<double>(pass.bytes());
  };
  for (const std::string variant : {"flat", "expanded", "parallel_heads"}) {
    CAPTURE(variant);
    const std::size_t n = 16384;
    CHECK(bytes(variant, n) < 2.1 * bytes(variant, n / 2));
    // Inputs and sums to come of two layers in four bytes, and what the taps need.
    const double arrays = static_cast<double>(n * d) * 2 * 4 * 2 * (variant == "expanded" ? 2 : 1);
    CHECK(bytes(variant, n) < 1.6 * arrays);
  }
  CHECK(bytes("averages", 4096) == bytes("averages", 64));
}

TEST_CASE("cached generation names what it cannot go on with") {
  const auto network = network_of<float>("flat", 21);
  CachedPass<float> pass(network);
  const std::vector<std::int32_t> ids = {1, 2, 29};
  const auto start = [&](const std::vector<std::int32_t>& prompt, std::size_t capacity) {
    return [&pass, prompt, capacity] { (void)pass.start(prompt, capacity); };
  };
  CHECK_THROWS_WITH(start({}, 21)(), Catch::Contains("empty"));
  CHECK_THROWS_WITH(start({1, 30}, 21)(), Catch::Contains("expected ids from 0 to 29, found 30 at place 1"));
  CHECK_THROWS_WITH(start({-1}, 21)(), Catch::Contains("found -1 at place 0"));
  CHECK_THROWS_WITH(start(std::vector<std::int32_t>(22, 1), 22)(), Catch::Contains("at most 21 tokens"));
  CHECK_THROWS_WITH(start(ids, 2)(), Catch::Contains("expected at most 2, found 3"));
  (void)pass.start(ids, 4);
  CHECK_THROWS_AS(pass.step(30), ArgumentError);
  (void)pass.step(0);
  CHECK_THROWS_WITH(pass.step(0), Catch::Contains("full"));
  for (const std::string variant : {"autoencoder", "dense"})
    CHECK_THROWS_WITH(CachedPass<float>(model::load_network<float>(random_state(variant))),
                      Catch::Contains("predicts no next token"));
}
