// SPDX-License-Identifier: MIT
#include "model/checkpoint/layer_selection.hpp"

#include <catch2/catch.hpp>

#include "model/base/error.hpp"
#include "model/checkpoint/layer_label.hpp"

using namespace tmm;
using Catch::Contains;
using model::layer_label, model::LayerOperator, model::LayerSelection;

namespace {

LayerOperator layer(std::string part, int block, std::optional<int> head = {}) {
  std::string name = part + "." + std::to_string(block) + ".token_mixing_layer.";
  if (head) name += "mixer_heads." + std::to_string(*head) + ".";
  return {name + "weight", std::move(part), block, head, {}, {}, model::DType::float32, {1}};
}

std::vector<LayerOperator> heads_model() {
  std::vector<LayerOperator> layers;
  for (const int block : {0, 1, 2, 10})
    for (const int head : {0, 1}) layers.push_back(layer("mixer_blocks", block, head));
  return layers;
}

std::string chosen(const std::string& text, const std::vector<LayerOperator>& layers = heads_model()) {
  std::string labels;
  for (const auto& l : LayerSelection(text).select(layers, "m.h5")) labels += layer_label(l) + " ";
  return labels;
}

}  // namespace

TEST_CASE("labels: block, half, head, kernel row, stage") {
  LayerOperator l = layer("mixer_blocks", 3, 2);
  CHECK(layer_label(l) == "3.h2");
  l.stage = 1;
  CHECK(layer_label(l) == "3.h2.T2");
  l = layer("encoderblocks", 3);
  CHECK(layer_label(l) == "enc.3");
  l.part = "decoderblocks", l.row = 0;
  CHECK(layer_label(l) == "dec.3.r0");
  CHECK(layer_label({"my layer", "", 0, {}, {}, {}, model::DType::float64, {1}}) == "my layer");
}

TEST_CASE("layers are chosen by number, range and glob, in the order of the file") {
  CHECK(chosen("") == "0.h0 0.h1 1.h0 1.h1 2.h0 2.h1 10.h0 10.h1 ");
  CHECK(chosen("1") == "1.h0 1.h1 ");
  CHECK(chosen("1-9") == "1.h0 1.h1 2.h0 2.h1 ");
  CHECK(chosen("10,0") == "0.h0 0.h1 10.h0 10.h1 ");
  CHECK(chosen("*.mixer_heads.1.*") == "0.h1 1.h1 2.h1 10.h1 ");
  CHECK(chosen("1.h0,10.h?") == "1.h0 10.h0 10.h1 ");
  CHECK(chosen("1,0-2") == "0.h0 0.h1 1.h0 1.h1 2.h0 2.h1 ");
  const std::vector<LayerOperator> autoencoder{layer("encoderblocks", 0), layer("decoderblocks", 0)};
  CHECK(chosen("0", autoencoder) == "enc.0 dec.0 ");
  CHECK(chosen("enc.*", autoencoder) == "enc.0 ");
  CHECK(chosen("decoderblocks.*", autoencoder) == "dec.0 ");
}

TEST_CASE("a kernel row's own name is no character set") {
  LayerOperator row = layer("mixer_blocks", 0);
  row.name += "[1]", row.row = 1;
  CHECK(chosen(row.name, {row}) == "0.r1 ");
}

TEST_CASE("an item that matches nothing is an error that lists what is there") {
  CHECK_THROWS_WITH(chosen("0,7"), Contains("m.h5") && Contains("\"7\"") && Contains("10.h1") &&
                                       Contains("mixer_blocks.0.token_mixing_layer.mixer_heads.0.weight"));
  CHECK_THROWS_AS(chosen("enc.*"), FormatError);
  CHECK_THROWS_AS(chosen("mixer_blocks"), FormatError);  // globs match whole names
}

TEST_CASE("malformed lists are refused before any file is read") {
  for (const char* text : {",", "1,", ",1", "1,,2", "5-2"})
    CHECK_THROWS_AS(LayerSelection(text), ArgumentError);
  CHECK_THROWS_WITH(LayerSelection("5-2"), Contains("2-5"));
  CHECK(LayerSelection("").all());
}
