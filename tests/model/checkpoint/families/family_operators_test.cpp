// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "model/base/error.hpp"
#include "model/checkpoint/families/family_networks.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/layer_label.hpp"

using namespace tmm;
using Catch::Contains;
using model::OperatorKind;

TEST_CASE("the first TMM's taps are its vectors") {
  const auto state = test::random_state(test::first_tmm(2, 12));
  const auto layers = model::layer_operators(state);
  REQUIRE(layers.size() == 2);
  CHECK(layers[1].taps == state.at("blocks.1.mixer.weight").as_double());
  CHECK(layers[1].name == "blocks.1.mixer.weight");
  CHECK(model::layer_label(layers[1]) == "1");
  CHECK(layers[1].derivation.empty());
  CHECK(layers[1].tap_error_l1 == 0);
}

TEST_CASE("softplus taps are within their bound of the real numbers", "[extended]") {
  auto infos = test::softplus_heads(4, 12);
  auto state = test::random_state(infos);
  const auto layers = model::layer_operators(state);
  REQUIRE(layers.size() == 8);
  const auto raw = state.at("blocks.1.mixer.weight_raw").as_double();
  for (std::size_t h = 0; h < 4; ++h) {
    const auto& layer = layers[4 + h];
    CHECK(model::layer_label(layer) == "1.h" + std::to_string(h));
    CHECK(layer.name == "blocks.1.mixer.weight_raw[" + std::to_string(h) + "]");
    CHECK(layer.derivation == "softplus(weight_raw)");
    long double gap = 0, sum = 0;
    for (std::size_t k = 0; k < 12; ++k) {
      const long double w = std::log1p(std::exp(static_cast<long double>(raw[h * 12 + k])));
      gap += std::fabs(layer.taps[k] - w);
      sum += w;
      CHECK(layer.taps[k] > 0);
    }
    CHECK(static_cast<double>(gap) <= layer.tap_error_l1);
    CHECK(layer.tap_error_l1 <= 1e-15 * static_cast<double>(sum));
    CHECK(layer.row_divisor.empty());
  }
}

TEST_CASE("rows that a layer divides carry the sums of its taps") {
  const auto state = test::random_state(test::softplus_heads(2, 12));
  model::Assumptions mean;
  mean.mean_normalised = model::Answer<bool>{true, "a test"};
  for (const auto& layer : model::layer_operators(state, mean)) {
    REQUIRE(layer.row_divisor.size() == 12);
    CHECK(layer.row_divisor[0] == layer.taps[0]);
    CHECK(layer.row_divisor[11] - layer.row_divisor[10] == Approx(layer.taps[11]));
  }
}

TEST_CASE("a snapshot's taps are stored, whatever their sign") {
  const auto state = test::random_state(test::softplus_heads(4, 12, "weight", false));
  const auto layers = model::layer_operators(state);
  REQUIRE(layers.size() == 8);
  CHECK(layers[3].taps[2] == state.at("blocks.0.mixer.weight").as_double()[3 * 12 + 2]);
  CHECK(layers[3].derivation.empty());
}

TEST_CASE("exponential averages have the taps (1 - α) α^k, also where α is next to 1", "[extended]") {
  auto state = test::random_state(test::exponential_averages(3));
  model::StateDict extreme("m.h5");
  for (const auto& [name, tensor] : state.tensors())
    extreme.insert(name.ends_with("alpha_logits") ? model::Tensor{tensor.info, std::vector<float>{-40, 0, 30}}
                                                  : tensor);
  model::Assumptions given;
  given.context = model::Answer<std::size_t>{50, "a test"};
  const auto layers = model::layer_operators(extreme, given);
  REQUIRE(layers.size() == 6);
  CHECK(layers[0].taps[0] == 1);  // 1 − e^−40 rounds to it
  CHECK(layers[0].taps[1] == Approx(std::exp(-40.0)).epsilon(1e-14));
  for (std::size_t k = 0; k < 50; ++k) CHECK(layers[1].taps[k] == std::ldexp(0.5, -static_cast<int>(k)));
  CHECK(layers[2].taps[0] == Approx(std::exp(-30.0)).epsilon(1e-12));
  for (const auto& layer : layers) {
    REQUIRE(layer.taps.size() == 50);
    CHECK(layer.tap_error_l1 > 0);
    CHECK(layer.tap_error_l1 < 1e-13);
  }
}

TEST_CASE("dense causal matrices are operators of their own, masked above the diagonal") {
  const auto state = test::random_state(test::information_retention(2, 12));
  const auto layers = model::layer_operators(state);
  REQUIRE(layers.size() == 4);
  CHECK(layers[1].kind == OperatorKind::toeplitz);
  const auto& dense = layers[3];
  CHECK(dense.kind == OperatorKind::dense_causal);
  CHECK(dense.name == "decoderblocks.0.conv.convs.1.weight");
  CHECK(model::layer_label(dense) == "dec.0.h1");
  CHECK(dense.taps.empty());
  const auto stored = state.at(dense.name).as_double();
  for (std::size_t t = 0; t < 12; ++t)
    for (std::size_t s = 0; s < 12; ++s)
      CHECK(dense.matrix[t * 12 + s] == (s <= t ? stored[t * 12 + s] : 0.0));
  CHECK(model::toeplitz_layers(state).size() == 2);
}

TEST_CASE("dense causal matrices without any Toeplitz layer are operators as well") {
  const auto whole = test::random_state(test::information_retention(2, 12));
  model::StateDict decoder("m.h5");
  for (const auto& [name, value] : whole.tensors())
    if (!name.starts_with("encoderblocks.")) decoder.insert(value);
  const auto of_whole = model::layer_operators(whole), alone = model::layer_operators(decoder);
  REQUIRE(alone.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(alone[i].kind == OperatorKind::dense_causal);
    CHECK(alone[i].name == of_whole[i + 2].name);
    CHECK(alone[i].matrix == of_whole[i + 2].matrix);
  }
  CHECK_THROWS_WITH(model::toeplitz_layers(decoder), Contains("dense causal matrices"));
}

TEST_CASE("square weights of a TMM are dense causal matrices, as (n, n) with zeros above or as (n, n, 1)") {
  const std::vector<float> lower{1, 0, 0, 2, 3, 0, 4, 5, 6}, upper{1, 2, 3, 0, 4, 5, 0, 0, 6};
  const auto state = [](const std::vector<std::size_t>& shape, const std::vector<float>& values) {
    model::StateDict weights("m.h5");
    for (const char* block : {"0", "1"})
      weights.insert({{std::string("mixer_blocks.") + block + ".token_mixing_layer.weight", shape,
                       model::DType::float32},
                      values});
    return weights;
  };
  for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{3, 3}, {3, 3, 1}}) {
    const auto layers = model::layer_operators(state(shape, lower));
    REQUIRE(layers.size() == 2);
    for (const auto& layer : layers) {
      CHECK(layer.kind == OperatorKind::dense_causal);
      CHECK(layer.matrix == std::vector<double>(lower.begin(), lower.end()));
      CHECK(layer.taps.empty());
    }
    CHECK(model::layer_label(layers[1]) == "1");
    CHECK_THROWS_AS(model::layer_operators(state(shape, upper)), FormatError);
  }
  // Whoever says that they are rows of a kernel gets rows.
  CHECK(model::layer_operators(state({3, 3}, lower), model::Contradictions::assume_toeplitz).size() == 6);
  model::StateDict mixed("m.h5");
  mixed.insert({{"mixer_blocks.0.token_mixing_layer.weight", {3, 3}, model::DType::float32}, lower});
  mixed.insert({{"mixer_blocks.1.token_mixing_layer.weight", {3, 3}, model::DType::float32},
                std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9}});
  CHECK_THROWS_WITH(model::layer_operators(mixed), Contains("dense matrix (3, 3)"));
}

TEST_CASE("a number that is not finite is refused where any family keeps its operators") {
  const auto [infos, tensor] = GENERATE(table<test::Infos, std::string>({
      {test::first_tmm(), "blocks.1.mixer.weight"},
      {test::softplus_heads(), "blocks.0.mixer.weight_raw"},
      {test::exponential_averages(), "blocks.0.mixer.alpha_logits"},
      {test::information_retention(), "decoderblocks.0.conv.convs.0.weight"},
  }));
  const auto good = test::random_state(infos);
  model::StateDict bad("m.h5");
  for (const auto& [name, value] : good.tensors()) {
    auto copy = value;
    if (name == tensor)
      std::get<std::vector<float>>(copy.values).back() = std::numeric_limits<float>::quiet_NaN();
    bad.insert(std::move(copy));
  }
  CHECK_THROWS_WITH(model::layer_operators(bad), Contains(tensor) && Contains("NaN at ["));
}
