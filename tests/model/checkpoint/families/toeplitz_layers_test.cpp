// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/toeplitz_layers.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "model/base/error.hpp"

using namespace tmm;
using Catch::Contains;
using model::DType, model::StateDict, model::TensorInfo;

namespace {

const std::string layer = ".token_mixing_layer.";

void insert(StateDict& state, const std::string& name, std::vector<std::size_t> shape,
            std::vector<float> values) {
  state.insert({{name, std::move(shape), DType::float32}, std::move(values)});
}

}  // namespace

TEST_CASE("operators come in natural order: block 2 before 10, encoder before decoder") {
  std::vector<TensorInfo> infos;
  for (const char* part : {"decoderblocks.", "encoderblocks."})
    for (const char* block : {"10", "2", "0"}) infos.push_back({part + (block + layer) + "weight", {1, 4}});
  infos.push_back({"encoderblocks.0" + layer + "bias", {4}});
  CHECK(model::toeplitz_weight_names(infos) ==
        std::vector<std::string>{"encoderblocks.0" + layer + "weight", "encoderblocks.2" + layer + "weight",
                                 "encoderblocks.10" + layer + "weight", "decoderblocks.0" + layer + "weight",
                                 "decoderblocks.2" + layer + "weight",
                                 "decoderblocks.10" + layer + "weight"});
}

TEST_CASE("rows of a kernel are operators of their own, w0 first") {
  StateDict state("m.h5");
  insert(state, "mixer_blocks.0" + layer + "weight", {2, 3}, {1, 2, 3, 4, 5, 6});
  const auto layers = model::toeplitz_layers(state);
  REQUIRE(layers.size() == 2);
  CHECK(layers[1].name == "mixer_blocks.0" + layer + "weight[1]");
  CHECK(layers[1].row == 1);
  CHECK_FALSE(layers[1].head.has_value());
  CHECK(layers[1].taps == std::vector<double>{4, 5, 6});
}

TEST_CASE("rows of parallel heads are heads, even a single one") {
  StateDict state("m.h5");
  insert(state, "mixer_blocks.0" + layer + "mixer_heads.weight", {1, 3}, {1, 2, 3});
  const auto layers = model::toeplitz_layers(state);
  REQUIRE(layers.size() == 1);
  CHECK(layers[0].head == 0);
  CHECK_FALSE(layers[0].row.has_value());
}

TEST_CASE("an expanded head gives T1 then T2, a float64 weight keeps every bit") {
  StateDict state("m.h5");
  const double third = 1.0 / 3.0;
  const std::string head = "mixer_blocks.0" + layer + "mixer_heads.0.";
  state.insert({{head + "3.weight", {1, 1}, DType::float64}, std::vector<double>{third}});
  insert(state, head + "0.weight", {1, 1}, {2});
  const auto layers = model::toeplitz_layers(state);
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].stage == 0);
  CHECK(layers[1].stage == 1);
  CHECK(layers[1].head == 0);
  CHECK(layers[1].taps == std::vector<double>{third});
  CHECK(layers[1].dtype == DType::float64);
}

TEST_CASE("a NaN or infinite weight is an error naming file, tensor and index") {
  const auto [value, word] = GENERATE(table<float, std::string>(
      {{std::nanf(""), "NaN at [1, 2]"}, {HUGE_VALF, "inf at [1, 2]"}, {-HUGE_VALF, "-inf at [1, 2]"}}));
  StateDict state("m.h5");
  insert(state, "mixer_blocks.0" + layer + "weight", {2, 3}, {1, 2, 3, 4, 5, value});
  CHECK_THROWS_AS(model::toeplitz_layers(state), FormatError);
  CHECK_THROWS_WITH(model::toeplitz_layers(state),
                    Contains("m.h5: mixer_blocks.0" + layer + "weight") && Contains(word));
}
