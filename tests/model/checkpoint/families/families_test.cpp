// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/families.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "model/base/error.hpp"
#include "model/checkpoint/families/family_networks.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/network/parameters.hpp"

using namespace tmm;
using Catch::Contains;
using model::Network, model::TokenMixing, model::recognize;
using test::add, test::drop, test::Infos, test::reshape;

namespace {

std::vector<std::pair<std::string, Infos>> all_networks() {
  return {{"TMM", test::language_model(2, test::flat_mixing(12))},
          {"first TMM", test::first_tmm()},
          {"softplus heads", test::softplus_heads()},
          {"softplus heads", test::softplus_heads(4, 12, "weight")},
          {"softplus heads", test::softplus_heads(2, 12, "weight", false)},
          {"exponential averages", test::exponential_averages()},
          {"information retention", test::information_retention()},
          {"information retention", test::information_retention(0)}};
}

}  // namespace

TEST_CASE("every family recognises its own networks, whole and with nothing left over") {
  for (const auto& [family, infos] : all_networks()) {
    const auto a = recognize(infos, "m.h5");
    CHECK(a.family == family);
    CHECK(a.missing.empty());
    CHECK(a.unknown.empty());
    CHECK(a.contradictions.empty());
    CHECK(a.embedding == 8);
    CHECK(a.vocabulary == 50);
    CHECK(a.hidden == 32);
    std::size_t stored = 0;
    for (const auto& t : infos) stored += t.size();
    CHECK(a.parameters == stored);
    CHECK(model::toeplitz_layers(test::random_state(infos)).size() == a.operators);
  }
}

TEST_CASE("the parameters of a network have the names and shapes of its family's tensors") {
  for (auto [family, infos] : all_networks()) {
    const auto network = model::zero_network<float>(recognize(infos, "m.h5"));
    Infos walked;
    model::for_each_parameter(network, [&](const std::string& name, const auto& shape, auto) {
      walked.push_back({name, shape, model::DType::float32});
    });
    const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
    std::ranges::sort(walked, by_name);
    std::ranges::sort(infos, by_name);
    REQUIRE(walked.size() == infos.size());
    for (std::size_t i = 0; i < infos.size(); ++i) {
      CHECK(walked[i].name == infos[i].name);
      CHECK(walked[i].shape == infos[i].shape);
    }
  }
}

TEST_CASE("sizes and forms of the further families") {
  SECTION("first TMM") {
    const auto a = recognize(test::first_tmm(3, 20), "m.h5");
    CHECK(a.mixing == TokenMixing::flat);
    CHECK(a.context == 20);
    CHECK(a.operators == 3);
    CHECK(a.form.normalisation == model::Normalisation::rms);
    CHECK(a.form.token_mixing_first);
    CHECK(a.form.final_norm);
  }
  SECTION("softplus heads") {
    const auto a = recognize(test::softplus_heads(4, 20), "m.h5");
    CHECK(a.mixing == TokenMixing::parallel_heads);
    CHECK(a.heads == 4);
    CHECK(a.context == 20);
    CHECK(a.operators == 8);
    CHECK(a.form.taps == model::TapDerivation::softplus);
    CHECK(a.form.activation == model::Activation::gelu_tanh);
    CHECK_FALSE(a.form.output_projection_bias);
  }
  SECTION("a snapshot of them stores taps as they are, with projections or without") {
    const auto with = recognize(test::softplus_heads(4, 20, "weight"), "m.h5");
    CHECK(with.form.taps == model::TapDerivation::none);
    CHECK(with.form.projections);
    CHECK_FALSE(recognize(test::softplus_heads(4, 20, "weight", false), "m.h5").form.projections);
  }
  SECTION("exponential averages have no length of their own") {
    const auto a = recognize(test::exponential_averages(5), "m.h5");
    CHECK(a.form.averages == 5);
    CHECK(a.operators == 10);
    CHECK(a.context == 512);
    REQUIRE(a.notes.size() == 1);
    CHECK_THAT(a.notes[0], Contains("Assumed") && Contains("512") && Contains("--context"));
    model::Assumptions given;
    given.context = model::Answer<std::size_t>{64, "--context"};
    const auto b = recognize(test::exponential_averages(5), "m.h5", given);
    CHECK(b.context == 64);
    CHECK_THAT(b.notes.at(0), Contains("As --context says"));
  }
  SECTION("information retention: a Toeplitz encoder, a dense decoder") {
    const auto a = recognize(test::information_retention(2, 20), "m.h5");
    CHECK(a.network == Network::autoencoder);
    CHECK(a.operators == 2);
    CHECK(a.dense_operators == 2);
    CHECK(a.form.decoder == model::DecoderMixing::dense);
    CHECK(a.form.decoder_hidden == 24);
    CHECK(a.form.code_from_end == 2);
    CHECK_THAT(a.notes.at(0), Contains("dense") && Contains("no index"));
  }
}

TEST_CASE("a layer that only looks like a family's is refused, naming the tensor") {
  const auto [base, tensor, shape, words] =
      GENERATE(table<Infos, std::string, std::vector<std::size_t>, std::string>({
          {test::first_tmm(), "blocks.1.mixer.weight", {13}, "ragged"},
          {test::first_tmm(), "blocks.1.mixer.bias", {13}, "(12)"},
          {test::first_tmm(), "blocks.0.norm1.weight", {9}, "(8)"},
          {test::first_tmm(), "norm.weight", {9}, "(8)"},
          {test::first_tmm(), "blocks.1.mlp.fc2.weight", {8, 31}, "(8, 32)"},
          {test::first_tmm(), "blocks.0.mixer.weight", {0}, "empty"},
          {test::softplus_heads(), "blocks.1.mixer.weight_raw", {4, 13}, "ragged"},
          {test::softplus_heads(), "blocks.1.mixer.weight_raw", {12}, "rank"},
          {test::softplus_heads(), "blocks.0.mixer.bias", {12}, "rank"},
          {test::softplus_heads(), "blocks.0.mixer.inp_proj.weight", {8, 9}, "(8, 8)"},
          {test::exponential_averages(), "blocks.1.mixer.alpha_logits", {4}, "ragged"},
          {test::exponential_averages(), "blocks.1.mixer.proj.weight", {8, 25}, "(8, 24)"},
          {test::information_retention(), "decoderblocks.0.conv.convs.1.weight", {12, 13, 1}, "(12, 12, 1)"},
          {test::information_retention(), "decoderblocks.0.patch_ff.2.weight", {8, 25}, "(8, 24)"},
          {test::information_retention(), "encoderblocks.1.token_mixing_layer.weight", {1, 13}, "ragged"},
      }));
  Infos infos = base;
  reshape(infos, tensor, shape);
  CHECK_THROWS_AS(recognize(infos, "m.h5"), FormatError);
  CHECK_THROWS_WITH(recognize(infos, "m.h5"), Contains("m.h5: " + tensor) && Contains(words));
}

TEST_CASE("an operator left out, or a block, is an error in every family") {
  const auto [base, tensor] = GENERATE(table<Infos, std::string>({
      {test::first_tmm(), "blocks.1.mixer.weight"},
      {test::softplus_heads(), "blocks.0.mixer.weight_raw"},
      {test::exponential_averages(), "blocks.1.mixer.alpha_logits"},
      {test::information_retention(), "decoderblocks.0.conv.convs.0.weight"},
      {test::information_retention(), "encoderblocks.0.token_mixing_layer.weight"},
  }));
  Infos infos = base;
  drop(infos, tensor);
  CHECK_THROWS_WITH(recognize(infos, "m.h5"), Contains(tensor));
  Infos gap = test::first_tmm(4);
  std::erase_if(gap, [](const auto& t) { return t.name.starts_with("blocks.2."); });
  CHECK_THROWS_WITH(recognize(gap, "m.h5"), Contains("blocks.2: missing block"));
}

TEST_CASE("what a forward pass lacks is listed, what contradicts a layer too") {
  Infos infos = test::softplus_heads();
  drop(infos, "out_norm.weight");
  add(infos, "blocks.1.mixer.lora_A.weight", {2, 8});
  add(infos, "step", {});
  const auto a = recognize(infos, "m.h5");
  CHECK(a.missing == std::vector<std::string>{"out_norm.weight"});
  CHECK(a.unknown == std::vector<std::string>{"blocks.1.mixer.lora_A.weight", "step"});
  REQUIRE(a.contradictions.size() == 1);
  CHECK_THAT(a.contradictions[0].meaning, Contains("LoRA"));
  Infos decoder = test::information_retention();
  add(decoder, "decoderblocks.0.conv.decay_value", {1});
  CHECK(recognize(decoder, "m.h5").contradictions.size() == 1);
}

TEST_CASE("operators of two families in one file are refused, not analysed by half") {
  Infos infos = test::language_model(2, test::flat_mixing(12));
  add(infos, "blocks.0.mixer.weight", {12});
  CHECK_THROWS_WITH(recognize(infos, "m.h5"), Contains("blocks.0.mixer.weight") && Contains("TMM"));
  Infos both = test::first_tmm();
  add(both, "blocks.0.mixer.alpha_logits", {3});
  CHECK_THROWS_WITH(recognize(both, "m.h5"), Contains("blocks.0.mixer.alpha_logits"));
  Infos raw = test::softplus_heads();
  add(raw, "blocks.0.mixer.weight", {4, 12});
  CHECK_THROWS_WITH(recognize(raw, "m.h5"), Contains("blocks.0.mixer.weight"));
}

TEST_CASE("Toeplitz weights of a family alone are analysed without a network") {
  const auto a = recognize(Infos{{"blocks.0.mixer.weight", {5}}}, "m.h5");
  CHECK(a.family == "first TMM");
  CHECK(a.network == Network::toeplitz_only);
  CHECK(a.context == 5);
  CHECK(recognize(Infos{{"blocks.0.mixer.weight", {2, 5}}}, "m.h5").family == "softplus heads");
  const auto dense = recognize(Infos{{"decoderblocks.0.conv.weight", {5, 5, 1}}}, "m.h5");
  CHECK(dense.mixing == TokenMixing::dense);
  CHECK(dense.operators == 0);
  CHECK(dense.dense_operators == 1);
  CHECK(dense.context == 5);
}

TEST_CASE("answers settle what no tensor says, and stand in the notes") {
  const auto infos = test::softplus_heads();
  const auto open = recognize(infos, "m.h5");
  CHECK_FALSE(open.form.mean_normalised);
  CHECK_THAT(open.notes.at(0), Contains("Assumed") && Contains("--mean-normalised"));
  model::Assumptions given;
  given.mean_normalised = model::Answer<bool>{true, "metrics.json beside the file"};
  given.clm_encoder = model::Answer<bool>{false, "--no-clm-encoder"};
  given.unroll = model::Answer<bool>{false, "--no-unroll"};
  const auto told = recognize(infos, "m.h5", given);
  CHECK(told.form.mean_normalised);
  CHECK_THAT(told.notes.at(0), Contains("As metrics.json beside the file says") && Contains("diag(1/c)"));
  CHECK_THAT(model::remarks(told).at(0), Contains("metrics.json"));
  const auto retention = recognize(test::information_retention(), "m.h5", given);
  CHECK(retention.form.code_from_end == 1);
  CHECK_FALSE(retention.form.unroll);
  CHECK(retention.form.projection);
  Infos without = test::information_retention();
  drop(without, "projection.weight");
  drop(without, "projection.bias");
  CHECK(recognize(without, "m.h5").missing.size() == 2);
  CHECK(recognize(without, "m.h5", given).missing.empty());
  CHECK_FALSE(recognize(without, "m.h5", given).form.projection);
  // A TMM that is no autoencoder has no such question; a flag must not seem to have been heeded.
  const auto plain = recognize(test::language_model(1, test::flat_mixing(4)), "m.h5", given);
  REQUIRE(plain.notes.size() == 2);
  CHECK_THAT(plain.notes[0], Contains("--no-clm-encoder is not used") && Contains("TMM"));
  CHECK_THAT(plain.notes[1], Contains("--no-unroll is not used"));
}

TEST_CASE("a family says how its layers start, or why that says nothing") {
  const auto null_of = [](const Infos& infos) {
    const auto a = recognize(infos, "m.h5");
    return model::family_of(a).null_model(a);
  };
  CHECK_THAT(null_of(test::first_tmm()).without, Contains("start at zero"));
  CHECK_THAT(null_of(test::exponential_averages()).without, Contains("no z-score"));
  CHECK_THAT(null_of(test::softplus_heads(4, 12, "weight")).without, Contains("not known"));
  const auto softplus = null_of(test::softplus_heads());
  CHECK(softplus.without.empty());
  CHECK(softplus.deviation(100) == 0.2);
  CHECK(softplus.tap(0) == Approx(std::log(2)));
  const auto reference = null_of(test::information_retention());
  CHECK(reference.deviation(50) == 0.2);
  CHECK(reference.tap(-0.25) == -0.25);
}
