// SPDX-License-Identifier: MIT
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/recognition.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "model/base/error.hpp"
#include "model/checkpoint/toeplitz_name.hpp"
#include "model/network/networks.hpp"

using namespace tmm;
using Catch::Contains;
using model::Network, model::TokenMixing, model::recognize;
using test::add, test::flat_mixing, test::Infos, test::language_model;

namespace {

void drop(Infos& infos, const std::string& name) {
  std::erase_if(infos, [&](const auto& t) { return t.name == name; });
}

void reshape(Infos& infos, const std::string& name, std::vector<std::size_t> shape) {
  std::find_if(infos.begin(), infos.end(), [&](const auto& t) { return t.name == name; })->shape =
      std::move(shape);
}

Infos heads_mixing(std::size_t heads, std::size_t n, std::size_t d, bool expanded) {
  Infos mixing;
  for (std::size_t h = 0; h < heads; ++h) {
    const std::string number = std::to_string(h);
    add(mixing, "proj_head." + number + ".weight", {d / heads, d});
    add(mixing, "proj_head." + number + ".bias", {d / heads});
    for (const std::string& stage :
         expanded ? std::vector<std::string>{"0.", "3."} : std::vector<std::string>{""}) {
      add(mixing, "mixer_heads." + number + "." + stage + "weight", {1, n});
      add(mixing, "mixer_heads." + number + "." + stage + "bias", {n});
    }
  }
  add(mixing, "out_proj.weight", {d, d});
  add(mixing, "out_proj.bias", {d});
  return mixing;
}

}  // namespace

TEST_CASE("a complete flat model is recognised with every size") {
  const auto a = recognize(language_model(12, flat_mixing(20)), "m.h5");
  CHECK(a.network == Network::language_model);
  CHECK(a.mixing == TokenMixing::flat);
  CHECK(a.context == 20);
  CHECK(a.embedding == 8);
  CHECK(a.vocabulary == 50);
  CHECK(a.hidden == 32);
  CHECK(a.blocks() == 12);
  CHECK(a.operators == 12);
  CHECK_FALSE(a.tied);
  CHECK(a.missing.empty());
  CHECK(a.unknown.empty());
  CHECK(a.parameters == 2 * 50 * 8 + 12 * (4 * 8 + 2 * 32 * 8 + 32 + 8 + 40));
}

TEST_CASE("every variant of token mixing is told from names and shapes") {
  const auto of = [](const Infos& mixing) { return recognize(language_model(2, mixing), "m.h5"); };
  SECTION("heads") {
    const auto a = of(heads_mixing(4, 20, 8, false));
    CHECK(a.mixing == TokenMixing::heads);
    CHECK(a.heads == 4);
    CHECK(a.operators == 8);
    CHECK(a.missing.empty());
    CHECK(a.unknown.empty());
  }
  SECTION("heads, expanded") {
    const auto a = of(heads_mixing(2, 20, 8, true));
    CHECK(a.mixing == TokenMixing::heads_expanded);
    CHECK(a.operators == 8);
    CHECK(a.missing.empty());
  }
  SECTION("expanded") {
    const auto a = of({{"0.weight", {1, 20}}, {"0.bias", {20}}, {"3.weight", {1, 20}}, {"3.bias", {20}}});
    CHECK(a.mixing == TokenMixing::expanded);
    CHECK(a.operators == 4);
    CHECK(a.missing.empty());
  }
  SECTION("kernel") {
    const auto a = of(flat_mixing(20, 3));
    CHECK(a.mixing == TokenMixing::kernel);
    CHECK(a.kernel_rows == 3);
    CHECK(a.operators == 6);
  }
  SECTION("parallel heads: rows are heads, not kernel rows") {
    const auto a = of({{"in_proj.weight", {8, 8}},
                       {"in_proj.bias", {8}},
                       {"mixer_heads.weight", {4, 20}},
                       {"mixer_heads.bias", {4, 20}},
                       {"out_proj.weight", {8, 8}},
                       {"out_proj.bias", {8}}});
    CHECK(a.mixing == TokenMixing::parallel_heads);
    CHECK(a.heads == 4);
    CHECK(a.kernel_rows == 1);
    CHECK(a.operators == 8);
    CHECK(a.missing.empty());
  }
}

TEST_CASE("an autoencoder has two lists of blocks and may have a bottleneck") {
  Infos infos;
  for (const std::string block : {"encoderblocks.0.", "encoderblocks.1.", "decoderblocks.0."}) {
    test::add_block_frame(infos, block, 8);
    add(infos, block + "token_mixing_layer.weight", {1, 20});
    add(infos, block + "token_mixing_layer.bias", {20});
  }
  add(infos, "wte.weight", {50, 8});
  add(infos, "lm_head.weight", {50, 8});
  add(infos, "projection.weight", {8, 4});
  add(infos, "projection.bias", {8});
  add(infos, "down.weight", {3, 8});
  add(infos, "down.bias", {3});
  add(infos, "up.weight", {8, 3});
  add(infos, "up.bias", {8});
  const auto a = recognize(infos, "m.h5");
  CHECK(a.network == Network::autoencoder);
  REQUIRE(a.parts.size() == 2);
  CHECK(a.parts[0].prefix == "encoderblocks");
  CHECK(a.parts[0].blocks == 2);
  CHECK(a.parts[1].blocks == 1);
  CHECK(a.bottleneck == 3);
  CHECK(a.missing.empty());
  CHECK(a.unknown.empty());
}

TEST_CASE("what a forward pass would lack is listed, what belongs nowhere too, and neither is fatal") {
  Infos infos = language_model(2, flat_mixing(20));
  drop(infos, "mixer_blocks.1.channel_norm.bias");
  drop(infos, "mixer_blocks.0.token_mixing_layer.bias");
  drop(infos, "output_layer.weight");  // tied: not missing
  add(infos, "optimizer.step", {});
  const auto a = recognize(infos, "m.h5");
  CHECK(a.missing == std::vector<std::string>{"mixer_blocks.0.token_mixing_layer.bias",
                                              "mixer_blocks.1.channel_norm.bias"});
  CHECK(a.unknown == std::vector<std::string>{"optimizer.step"});
  CHECK(a.tied);
}

TEST_CASE("Toeplitz weights alone are a network of their own, n = 1 is legal") {
  const auto a = recognize(Infos{{"mixer_blocks.0.token_mixing_layer.weight", {1, 1}}}, "m.h5");
  CHECK(a.network == Network::toeplitz_only);
  CHECK(a.context == 1);
  CHECK(a.embedding == 0);
  CHECK_FALSE(a.missing.empty());
}

TEST_CASE("no Toeplitz layer: the error lists what was found, bounded") {
  Infos infos;
  for (int i = 0; i < 100; ++i) add(infos, "conv" + std::to_string(i) + ".weight", {3, 3});
  CHECK_THROWS_WITH(recognize(infos, "m.h5"), Contains("m.h5") && Contains("no Toeplitz layer") &&
                                                  Contains("conv0.weight (3, 3)") && Contains("and 88 more"));
  CHECK_THROWS_WITH(recognize(Infos{}, "m.h5"), Contains("no Toeplitz layer"));
}

TEST_CASE("a gap in the block numbers is an error that names the missing block") {
  Infos infos = language_model(4, flat_mixing(20));
  std::erase_if(infos, [](const auto& t) { return t.name.starts_with("mixer_blocks.2."); });
  CHECK_THROWS_WITH(recognize(infos, "m.h5"), Contains("m.h5: mixer_blocks.2: missing block"));
}

TEST_CASE("a block, head or stage without its Toeplitz weight is an error, not a shorter analysis") {
  Infos flat = language_model(3, flat_mixing(20));
  drop(flat, "mixer_blocks.1.token_mixing_layer.weight");
  CHECK_THROWS_WITH(recognize(flat, "m.h5"), Contains("mixer_blocks.1.token_mixing_layer.weight"));
  Infos heads = language_model(2, heads_mixing(4, 20, 8, true));
  drop(heads, "mixer_blocks.1.token_mixing_layer.mixer_heads.2.3.weight");
  CHECK_THROWS_WITH(recognize(heads, "m.h5"),
                    Contains("mixer_blocks.1.token_mixing_layer.mixer_heads.2.3.weight"));
}

TEST_CASE("sizes that disagree are an error naming file, tensor and both sizes") {
  const auto [tensor, shape, words] = GENERATE(table<std::string, std::vector<std::size_t>, std::string>({
      {"mixer_blocks.1.token_mixing_layer.weight", {1, 21}, "(1, 21)"},
      {"mixer_blocks.1.token_mixing_layer.weight", {2, 20}, "variant"},
      {"mixer_blocks.1.token_mixing_layer.weight", {20}, "rank"},
      {"mixer_blocks.1.token_mixing_layer.weight", {1, 1, 20}, "rank"},
      {"mixer_blocks.0.token_mixing_layer.weight", {1, 0}, "empty"},
      {"mixer_blocks.1.token_mixing_layer.bias", {19}, "(20)"},
      {"mixer_blocks.1.token_mixing_layer.bias", {1, 20}, "rank"},
      {"mixer_blocks.0.channel_norm.weight", {9}, "(8)"},
      {"mixer_blocks.1.channel_mixing_layer.3.weight", {8, 33}, "(8, 32)"},
      {"output_layer.weight", {51, 8}, "(50, 8)"},
  }));
  Infos infos = language_model(2, flat_mixing(20));
  reshape(infos, tensor, shape);
  CHECK_THROWS_AS(recognize(infos, "m.h5"), FormatError);
  CHECK_THROWS_WITH(recognize(infos, "m.h5"), Contains("m.h5: " + tensor) && Contains(words));
}

TEST_CASE("heads that do not divide the embedding are an error") {
  Infos infos = language_model(1, heads_mixing(4, 20, 8, false), 9);
  CHECK_THROWS_WITH(recognize(infos, "m.h5"), Contains("H = 4") && Contains("d = 9"));
}

TEST_CASE("names that only look like Toeplitz weights are not taken for them") {
  using model::parse_toeplitz_weight;
  for (const char* name :
       {"mixer_blocks.0.token_mixing_layer.bias", "mixer_blocks.00.token_mixing_layer.weight",
        "mixer_blocks.-1.token_mixing_layer.weight", "mixer_blocks..token_mixing_layer.weight",
        "blocks.0.token_mixing_layer.weight", "mixer_blocks.0.token_mixing_layer.1.weight",
        "mixer_blocks.0.token_mixing_layer.mixer_heads.weight.0",
        "mixer_blocks.0.token_mixing_layer.out_proj.weight",
        "mixer_blocks.99999999999999999999.token_mixing_layer.weight", "mixer_blocks.0.token_mixing_layer.",
        ""})
    CHECK_FALSE(parse_toeplitz_weight(name).has_value());
  const auto place = parse_toeplitz_weight("decoderblocks.11.token_mixing_layer.mixer_heads.7.3.weight");
  REQUIRE(place.has_value());
  CHECK(place->part == "decoderblocks");
  CHECK(place->block == 11);
  CHECK(place->head == 7);
  CHECK(place->stage == 1);
}
