// SPDX-License-Identifier: MIT
#include "model/checkpoint/contradiction.hpp"
#include "model/checkpoint/families/recognition.hpp"

#include <catch2/catch.hpp>

#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/network/networks.hpp"
#include "model/network/random_network.hpp"
#include "model/network/tmm.hpp"

using namespace tmm;
using Catch::Contains;
using model::Contradictions, model::recognize;
using test::add, test::flat_mixing, test::Infos, test::language_model;

namespace {

constexpr auto assume = Contradictions::assume_toeplitz;
const std::string mixing = "mixer_blocks.1.token_mixing_layer.";

model::Tensor tensor(const std::string& name, std::vector<std::size_t> shape, std::vector<float> values) {
  return {{name, std::move(shape), model::DType::float32}, std::move(values)};
}

model::StateDict with(model::StateDict state, const std::string& name) {
  state.insert(tensor(name, {1}, {0.5F}));
  return state;
}

}  // namespace

TEST_CASE("an unknown tensor below a token-mixing layer contradicts it by name and meaning") {
  const auto [rest, meaning] = GENERATE(table<std::string, std::string>({
      {"decay_value", "repeat mixer"},
      {"diag_weight", "repeat mixer"},
      {"lora_A.default.weight", "LoRA"},
      {"weight_scale", "scale"},
      {"parametrizations.weight.original0", "parametrisation"},
      {"weight_g", "weight normalisation"},
      {"q_proj.weight", "attention"},
      {"k_proj.weight", "attention"},
      {"anything", "no part of any Toeplitz layer"},
      {"out_proj.weight", "no part of any Toeplitz layer"},  // a flat layer has none
  }));
  Infos infos = language_model(2, flat_mixing(20));
  CHECK(recognize(infos, "m.h5").contradictions.empty());
  add(infos, mixing + rest, {1});
  const auto a = recognize(infos, "m.h5");
  REQUIRE(a.contradictions.size() == 1);
  CHECK(a.contradictions[0].tensor == mixing + rest);
  CHECK_THAT(a.contradictions[0].meaning, Contains(meaning));
  CHECK_THROWS_AS(model::require_no_contradictions(a.contradictions, "m.h5"), FormatError);
  CHECK_THROWS_WITH(
      model::require_no_contradictions(a.contradictions, "m.h5"),
      Contains("m.h5: ") && Contains(mixing + rest) && Contains(meaning) && Contains("--assume-toeplitz"));
  const auto remarks = model::remarks(a);
  REQUIRE(remarks.size() == 1);
  CHECK_THAT(remarks[0], Contains(mixing + rest) && Contains("Assumed"));
}

TEST_CASE("a block of another class contradicts, an extra tensor beside a whole block does not") {
  Infos infos = language_model(2, flat_mixing(20));
  add(infos, "mixer_blocks.0.channel_mixing_layer.0.lora_A", {4, 8});
  add(infos, "final_norm.weight", {8});
  const auto extra = recognize(infos, "m.h5");
  CHECK(extra.contradictions.empty());
  CHECK(model::unknown_in_blocks(extra) ==
        std::vector<std::string>{"mixer_blocks.0.channel_mixing_layer.0.lora_A"});
  CHECK_THAT(model::forward_remarks(extra).at(0), Contains("final_norm.weight") && Contains("left out"));
  for (auto& t : infos)
    if (const auto at = t.name.find("channel_mixing_layer.3."); at != std::string::npos)
      t.name.replace(at, 23, "channel_mixing_layer.2.");
  const auto a = recognize(infos, "m.h5");
  CHECK(a.contradictions.size() == 5);  // two a block, and now the LoRA factor of block 0
  CHECK_THAT(model::describe(a.contradictions), Contains("mixer_blocks.0.channel_mixing_layer.2.bias") &&
                                                    Contains("repeat mixers") &&
                                                    Contains("without channel_mixing_layer.3.weight"));
}

TEST_CASE("a square weight with zeros on one side of the diagonal is a dense matrix") {
  const auto square = [](std::vector<float> values) { return tensor(mixing + "weight", {3, 3}, values); };
  CHECK_THAT(model::dense_matrix(square({1, 0, 0, 2, 3, 0, 4, 5, 6})).value().meaning,
             Contains("above the diagonal") && Contains("(3, 3)"));
  CHECK_THAT(model::dense_matrix(square({1, 2, 3, 0, 4, 5, 0, 0, 6})).value().meaning,
             Contains("below the diagonal"));
  CHECK(model::dense_matrix(square({1, 0, 0, 0, 1, 0, 0, 0, 1})));
  CHECK_FALSE(model::dense_matrix(square({1, 0, 1e-30F, 2, 3, 0, 4, 5, 6})));
  CHECK_FALSE(
      model::dense_matrix(square({0, 0, 0, 0, 0, 0, 1, 0, 0})));  // a kernel at its start: the identity
  CHECK_FALSE(model::dense_matrix(square({0, 0, 0, 0, 0, 0, 0, 0, 0})));
  CHECK_FALSE(model::dense_matrix(tensor("w", {1, 1}, {1})));
  CHECK_FALSE(model::dense_matrix(tensor("w", {2, 3}, {1, 0, 0, 1, 1, 0})));
}

TEST_CASE("toeplitz_layers and load_network refuse what contradicts them, and obey the assumption") {
  const model::StateDict good = test::random_state("flat");
  CHECK(model::toeplitz_layers(good).size() == 2);
  const auto bad = with(good, mixing + "decay_value");
  CHECK_THROWS_WITH(model::toeplitz_layers(bad), Contains(mixing + "decay_value"));
  CHECK_THROWS_WITH(model::load_network<float>(bad), Contains(mixing + "decay_value"));
  CHECK(model::toeplitz_layers(bad, assume).at(1).taps == model::toeplitz_layers(good).at(1).taps);
  CHECK(model::load_network<float>(bad, assume).embedding == model::load_network<float>(good).embedding);

  const auto extra = with(good, "mixer_blocks.0.channel_mixing_layer.0.lora_A");
  CHECK(model::toeplitz_layers(extra).size() == 2);  // the operators are what they are
  CHECK_THROWS_WITH(model::load_network<double>(extra), Contains("channel_mixing_layer.0.lora_A"));
  CHECK_NOTHROW(model::load_network<double>(extra, assume));
  CHECK_NOTHROW(model::load_network<double>(with(good, "optimizer.step")));

  model::StateDict dense;
  dense.insert(tensor("mixer_blocks.0.token_mixing_layer.weight", {2, 2}, {1, 0, 2, 3}));
  CHECK_THROWS_WITH(model::toeplitz_layers(dense), Contains("dense causal matrices"));
  CHECK_THROWS_WITH(model::load_network<float>(dense), Contains("dense causal matrices"));
  CHECK(model::toeplitz_layers(dense, assume).size() == 2);
  CHECK(model::contradictions_of(dense).empty());  // a masked mixer, which says what it is
  dense.insert(tensor("mixer_blocks.1.token_mixing_layer.weight", {2, 2}, {1, 2, 3, 4}));
  CHECK(model::contradictions_of(dense).size() == 1);
}

TEST_CASE("of two sets of blocks that at the top is the network, the other is named as a copy") {
  Infos infos = language_model(2, flat_mixing(20));
  const std::size_t count = infos.size();
  const Infos once = infos;
  for (const auto& t : once) add(infos, "ema." + t.name, t.shape);
  const auto a = recognize(infos, "m.h5");
  CHECK(a.operators == 2);
  CHECK(a.unknown.empty());
  CHECK(a.contradictions.empty());
  REQUIRE(a.copies.size() == 1);
  CHECK(a.copies[0].prefix == "ema.");
  CHECK(a.copies[0].tensors == count);
  CHECK(a.parameters == recognize(once, "m.h5").parameters);
  CHECK_THAT(model::remarks(a).at(0), Contains("ema.") && Contains("not used"));
}

TEST_CASE("no layer at the top: the error says where layers are, and what would help") {
  const auto message = [](std::initializer_list<std::string> names) -> std::string {
    Infos infos;
    for (const std::string& name : names) add(infos, name, {1, 4});
    try {
      recognize(infos, "m.h5");
    } catch (const FormatError& e) {
      return e.what();
    }
    return "accepted";
  };
  const std::string weight = "mixer_blocks.0.token_mixing_layer.weight";
  CHECK_THAT(message({"model." + weight, "ema_model." + weight}),
             Contains("ema_model., model.") && Contains("which of them") && Contains("--copy model.") &&
                 !Contains("copy one of these"));
  CHECK_THAT(message({"grad." + weight}), Contains("below grad.") && Contains("no wrapper's name"));
  CHECK_THAT(message({"first." + weight, "second." + weight, "parameters." + weight}),
             Contains("state of a training run") && Contains("model.h5"));
  CHECK_THAT(message({"0." + weight, "100." + weight}), Contains("trajectory"));
  CHECK_THAT(message({"mixer_blocks.0.token_mixing_layer.parametrizations.weight.original0"}),
             Contains("parametrisation") && Contains("store the weight"));
  CHECK_THAT(message({"mixer_blocks.0.token_mixing_layer.base_layer.weight"}), Contains("merged"));
}
