// SPDX-License-Identifier: MIT
// Attention and dense causal matrices in a TMM's blocks: what is recognised, refused and drawn. Their numbers
// are held against definitions in evaluator_test.cpp and gradient_pass_test.cpp.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "model/base/error.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/network/initialisation.hpp"
#include "model/network/network_sizes.hpp"
#include "model/network/rotary.hpp"
#include "networks.hpp"
#include "random_network.hpp"

using namespace tmm;
using Catch::Contains;
using model::Initialisation, model::NetworkSizes, model::TokenMixing;
using test::Infos, test::random_state;

namespace {

Infos attention_mixing(std::size_t heads, std::size_t width, std::size_t d) {
  return {{"q_proj.weight", {heads, width, d}},
          {"k_proj.weight", {heads, width, d}},
          {"v_proj.weight", {heads, width, d}},
          {"out_proj.weight", {d, d}},
          {"rotary.inv_freq", {width / 2}}};
}

model::Architecture recognize(const Infos& mixing, std::size_t d) {
  return model::recognize(test::language_model(2, mixing, d), "m.h5");
}

/// What planning a network of changed sizes says.
std::string refusal(void (*change)(NetworkSizes&)) {
  NetworkSizes sizes;
  change(sizes);
  try {
    model::plan_architecture(sizes);
  } catch (const ArgumentError& e) {
    return e.what();
  }
  return {};
}

model::Tmm<double> made(const char* mixing, Initialisation how, std::size_t heads = 1) {
  NetworkSizes sizes;
  sizes.mixing = mixing;
  sizes.heads = heads;
  auto network = model::zero_network<double>(model::plan_architecture(sizes));
  model::initialise(network, how, 1);
  return network;
}

double mean_square(std::span<const double> values) {
  double sum = 0;
  for (const double x : values) sum += x * x;
  return sum / static_cast<double>(values.size());
}

}  // namespace

TEST_CASE("attention is told from names and shapes, with its sizes, and has no operator") {
  const auto a = recognize(attention_mixing(2, 4, 8), 8);
  CHECK(a.mixing == TokenMixing::attention);
  CHECK(a.heads == 2);
  CHECK(a.embedding == 8);
  CHECK(a.hidden == 32);
  CHECK(a.operators == 0);
  CHECK(a.missing.empty());
  CHECK(a.unknown.empty());
  CHECK(a.context == 512);
  CHECK_THAT(a.notes.back(), Contains("Assumed") && Contains("--context"));
  model::Assumptions assumptions;
  assumptions.context = model::Answer<std::size_t>{64, "--context"};
  CHECK(
      model::recognize(test::language_model(2, attention_mixing(2, 4, 8), 8), "m.h5", assumptions).context ==
      64);
  CHECK_THROWS_WITH(model::layer_operators(random_state("attention")),
                    Contains("no Toeplitz operator") && Contains("attention"));
}

TEST_CASE(
    "attention of impossible heads is refused by name, and beside a Toeplitz weight it is a contradiction") {
  CHECK_THROWS_WITH(recognize(attention_mixing(3, 2, 8), 8), Contains("do not divide") && Contains("H = 3"));
  CHECK_THROWS_WITH(recognize(attention_mixing(2, 3, 6), 6), Contains("pairs of channels"));
  CHECK_THROWS_WITH(recognize(attention_mixing(2, 2, 8), 8), Contains("ragged sizes") && Contains("q_proj"));
  auto missing = attention_mixing(2, 4, 8);
  missing.erase(missing.begin() + 2);
  CHECK(recognize(missing, 8).missing.size() == 2);
  auto both = attention_mixing(2, 4, 8);
  for (const auto& t : test::flat_mixing(16)) both.push_back(t);
  const auto a = recognize(both, 8);
  CHECK(a.mixing == TokenMixing::flat);
  CHECK(a.contradictions.size() == 10);
}

TEST_CASE("a dense mixer runs in a TMM's own blocks alone, and only where its matrices are causal") {
  CHECK_NOTHROW(model::load_network<float>(random_state("masked_mixer")));
  const std::string block = "mixer_blocks.0.", weight = block + "token_mixing_layer.weight";
  const auto changed = [&](auto change) {
    const model::StateDict good = random_state("masked_mixer");
    model::StateDict state("m.h5");
    for (const auto& [name, tensor] : good.tensors()) {
      model::Tensor copy = tensor;
      change(copy);
      state.insert(std::move(copy));
    }
    return state;
  };
  const auto upper = changed([&](model::Tensor& t) {
    if (t.info.name == weight) std::get<std::vector<double>>(t.values)[5] = 1;
  });
  CHECK_THROWS_WITH(model::load_network<float>(upper), Contains("not causal"));
  const auto square = changed([](model::Tensor& t) {  // (n, n), as a linear layer over time stores it
    if (t.info.shape.size() == 3) t.info.shape.pop_back();
  });
  CHECK(model::load_network<float>(square).architecture.mixing == TokenMixing::dense);
  const auto other = changed([](model::Tensor& t) {
    const std::size_t at = t.info.name.find("layer.3.");
    if (at != std::string::npos) t.info.name.replace(at, 8, "layer.2.");
  });
  CHECK_THROWS_AS(model::load_network<float>(other), FormatError);
}

TEST_CASE("numbers of attention that are not finite are named") {
  const model::StateDict good = random_state("attention");
  auto tensor = good.at("mixer_blocks.1.token_mixing_layer.k_proj.weight");
  std::get<std::vector<double>>(tensor.values)[3] = std::numeric_limits<double>::quiet_NaN();
  model::StateDict state("m.h5");
  for (const auto& [name, t] : good.tensors()) state.insert(name == tensor.info.name ? tensor : t);
  CHECK_THROWS_WITH(model::load_network<float>(state), Contains("k_proj.weight") && Contains("element 3"));
}

TEST_CASE("wishes that only Toeplitz layers can grant are refused by name") {
  CHECK_THAT(refusal([](NetworkSizes& s) { s.mixing = "conv"; }), Contains("toeplitz, attention or dense"));
  CHECK_THAT(refusal([](NetworkSizes& s) { s.mixing = "attention", s.kernel_rows = 2; }),
             Contains("kernel rows"));
  CHECK_THAT(refusal([](NetworkSizes& s) { s.mixing = "dense", s.expanded = true; }), Contains("expanded"));
  CHECK_THAT(refusal([](NetworkSizes& s) { s.mixing = "dense", s.heads = 2; }), Contains("heads"));
  CHECK_THAT(refusal([](NetworkSizes& s) { s.mixing = "attention", s.family = "first-tmm"; }),
             Contains("family"));
  CHECK_THAT(
      refusal([](NetworkSizes& s) { s.mixing = "attention", s.network = model::Network::autoencoder; }),
      Contains("autoencoder"));
  CHECK_THAT(refusal([](NetworkSizes& s) { s.mixing = "attention", s.heads = 64; }), Contains("d/H = 1"));
  CHECK_THAT(refusal([](NetworkSizes& s) { s.mixing = "attention", s.heads = 3; }), Contains("H = 3"));
  CHECK_THROWS_WITH(made("attention", Initialisation::ones), Contains("attention"));
}

TEST_CASE("attention starts with queries and keys of variance 1, dense rows with that of their inputs") {
  const auto attention = made("attention", Initialisation::reference, 4);
  CHECK(attention.architecture.context == 64);
  for (const auto& block : attention.blocks) {
    CHECK(mean_square(block.token_mixer.attention.weight) == Approx(1.0 / 64).epsilon(0.05));
    CHECK(mean_square(block.token_mixer.out.weight) == Approx(1.0 / 64).epsilon(0.08));
    const auto& theta = block.token_mixer.attention.frequencies;
    REQUIRE(theta.size() == 8);
    CHECK(theta[0] == 1);
    CHECK(theta[4] == Approx(0.01).epsilon(1e-7));  // 10000^(−8/16)
  }
  const auto dense = made("dense", Initialisation::reference);
  double sum = 0;
  for (const auto& block : dense.blocks)
    for (std::size_t t = 0; t < 64; ++t) {
      const auto row = std::span(block.token_mixer.dense.weight).subspan(64 * t, 64);
      CHECK(std::ranges::count_if(row, [](double w) { return w != 0; }) ==
            static_cast<std::ptrdiff_t>(t + 1));
      CHECK(row[t] != 0);
      sum += mean_square(row.first(t + 1)) * static_cast<double>(t + 1) / 2 / 256;  // 1 on average
    }
  CHECK(sum == Approx(1).epsilon(0.15));
  const auto ones = made("dense", Initialisation::ones).blocks[0].token_mixer.dense.weight;
  CHECK(std::ranges::count(ones, 1.0) == 64 * 65 / 2);
}

TEST_CASE(
    "a turn of queries and keys leaves what depends on their distance alone, and is undone by its back") {
  const std::vector<double> theta{1, 0.1};
  const model::Rotation<double> rotation(theta, 40);
  const auto product = [&](std::size_t t, std::size_t s) {
    std::vector<double> q{1, 2, 3, 4}, k{0.5, -1, 2, 0.3};
    rotation.turn({q.data(), 1, 4}, 1, 1, t);
    rotation.turn({k.data(), 1, 4}, 1, 1, s);
    double sum = 0;
    for (std::size_t i = 0; i < 4; ++i) sum += q[i] * k[i];
    return sum;
  };
  CHECK(product(7, 4) == Approx(product(39, 36)).epsilon(1e-13));
  CHECK(product(7, 4) != Approx(product(7, 5)).epsilon(1e-3));
  std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8};
  rotation.turn({x.data(), 2, 4}, 2, 3);
  rotation.turn_back({x.data(), 2, 4}, 2, 1.0 / 3);
  for (std::size_t i = 0; i < 8; ++i) CHECK(x[i] == Approx(static_cast<double>(i + 1)).epsilon(1e-14));
}
