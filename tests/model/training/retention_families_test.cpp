// SPDX-License-Identifier: MIT
// Encoders of every family under new decoders.
#include <catch2/catch.hpp>
#include <functional>

#include "model/base/error.hpp"
#include "model/checkpoint/families/family_networks.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/trained_parameters.hpp"
#include "model/network/network_sizes.hpp"
#include "model/training/operation_count.hpp"
#include "model/training/retention_networks.hpp"

using namespace tmm;
using namespace tmm::model;
using Catch::Contains;
using test::Infos, test::retention_network;

namespace {

constexpr std::size_t v = 50, n = 12, m = 8;

/// A language model of a family: what it is called under a decoder, and its tensors.
struct Encoder {
  std::string family;
  StateDict state;
  Assumptions assumptions{};

  template <class T>
  [[nodiscard]] Tmm<T> network() const {
    return load_network<T>(state, assumptions);
  }
};

template <class T>
StateDict state_of(const Tmm<T>& network) {
  StateDict state("m.h5");
  for_each_parameter(network, [&](const std::string& tensor, const auto& shape, std::span<const T> values) {
    state.insert({{tensor, shape, DType::float32}, std::vector<float>(values.begin(), values.end())});
  });
  return state;
}

StateDict planned(const char* mixing, std::size_t heads) {
  NetworkSizes sizes;
  sizes.mixing = mixing;
  sizes.heads = heads;
  sizes.embedding = 8, sizes.context = n, sizes.vocabulary = v, sizes.blocks = 2;
  auto network = zero_network<float>(plan_architecture(sizes));
  initialise(network, Initialisation::reference, 3);
  return state_of(network);
}

std::vector<Encoder> encoders() {
  Assumptions long_enough, divided;
  long_enough.context = Answer<std::size_t>{n, ""};
  divided.mean_normalised = Answer<bool>{true, "a flag"};
  return {{"first TMM encoder", test::random_state(test::first_tmm())},
          {"softplus heads encoder", test::random_state(test::softplus_heads())},
          {"softplus heads encoder", test::random_state(test::softplus_heads(4)), divided},
          {"softplus heads encoder", test::random_state(test::softplus_heads(2, n, "weight", false))},
          {"exponential averages encoder", test::random_state(test::exponential_averages()), long_enough},
          {"attention encoder", planned("attention", 2), long_enough},
          {"masked mixer encoder", planned("dense", 1)}};
}

Assumptions answers_of(const Architecture& a) {
  Assumptions assumptions;
  assumptions.clm_encoder = Answer<bool>{a.form.code_from_end == 2, ""};
  assumptions.mean_normalised = Answer<bool>{a.form.mean_normalised, ""};
  return assumptions;
}

void check_same_architecture(const Architecture& a, const Architecture& b) {
  CHECK(a.family == b.family);
  CHECK(a.network == b.network);
  CHECK(a.mixing == b.mixing);
  for (const auto size : {&Architecture::context, &Architecture::embedding, &Architecture::vocabulary,
                          &Architecture::hidden, &Architecture::heads, &Architecture::operators,
                          &Architecture::dense_operators, &Architecture::parameters})
    CHECK(a.*size == b.*size);
  REQUIRE(a.parts.size() == b.parts.size());
  for (std::size_t i = 0; i < a.parts.size(); ++i) {
    CHECK(a.parts[i].prefix == b.parts[i].prefix);
    CHECK(a.parts[i].blocks == b.parts[i].blocks);
  }
  CHECK(a.form.decoder == b.form.decoder);
  CHECK(a.form.taps == b.form.taps);
  CHECK(a.form.averages == b.form.averages);
  CHECK(a.form.mean_normalised == b.form.mean_normalised);
  CHECK(a.form.code_from_end == b.form.code_from_end);
}

/// Calls check for every encoder under either decoder.
void for_each_kind(const std::function<void(const Encoder&, const RetentionSizes&)>& check) {
  std::size_t code = 1;
  for (const Encoder& encoder : encoders())
    for (const auto decoder : {DecoderMixing::toeplitz, DecoderMixing::dense}) {
      INFO(encoder.family << (decoder == DecoderMixing::dense ? ", dense" : ", Toeplitz"));
      check(encoder, {m, 2, code = 3 - code, decoder});
    }
}

Infos infos_of(const StateDict& state) {
  return state.infos();
}

}  // namespace

TEST_CASE("an encoder of every family computes under a decoder what it does by itself") {
  for_each_kind([](const Encoder& encoder, const RetentionSizes& sizes) {
    const auto alone = encoder.network<double>();
    const auto network = retention_network(alone, sizes);
    CHECK(network.architecture.family == encoder.family);
    CHECK(network.architecture.mixing == alone.architecture.mixing);
    CHECK(network.final_norm.weight.empty());
    CHECK(network.blocks.size() == 4);
    CHECK(test::same_stream(alone, network, test::retention_batch(1, m, v).ids));
  });
}

TEST_CASE("an encoder under a decoder is read back as the same network") {
  for_each_kind([](const Encoder& encoder, const RetentionSizes& sizes) {
    const auto network = retention_network(encoder.network<float>(), sizes);
    const auto state = state_of(network);
    const auto a = recognize(state, answers_of(network.architecture));
    check_same_architecture(a, network.architecture);
    CHECK(a.missing.empty());
    CHECK(a.unknown.empty());
    CHECK(a.contradictions.empty());
    std::size_t stored = 0;
    for (const TensorInfo& t : state.infos()) stored += t.size();
    CHECK(a.parameters == stored);
    CHECK(trained_parameters(a) <= stored);
    const auto again = load_network<float>(state, answers_of(network.architecture));
    for_each_parameter(again, [&](const std::string& t, const auto& shape, std::span<const float> values) {
      CHECK(state.at(t).info.shape == shape);
      CHECK(state.at(t).as_float() == std::vector<float>(values.begin(), values.end()));
    });
    CHECK(test::same_stream(load_network<double>(state, answers_of(a)),
                            load_network<double>(state_of(again), answers_of(a)),
                            test::retention_batch(1, m, v).ids));
    // The encoder of what was made so is an encoder again.
    check_same_architecture(retention_architecture(a, sizes, ""), a);
  });
}

TEST_CASE("operators of an encoder under a decoder are its own, cut to the shorter sequences") {
  for_each_kind([](const Encoder& encoder, const RetentionSizes& sizes) {
    const auto network = retention_network(encoder.network<float>(), sizes);
    const auto state = state_of(network);
    const auto& a = network.architecture;
    const auto layers = layer_operators(state, answers_of(a));
    CHECK(layers.size() == a.operators + a.dense_operators);
    const auto alone = a.mixing == TokenMixing::attention
                           ? std::vector<LayerOperator>{}
                           : layer_operators(encoder.state, encoder.assumptions);
    REQUIRE(layers.size() == alone.size() + 2);
    for (std::size_t i = 0; i < alone.size(); ++i) {
      const auto cut = leading_section(alone[i], m);
      CHECK(layers[i].taps == cut.taps);
      CHECK(layers[i].matrix == cut.matrix);
      CHECK(layers[i].row_divisor == cut.row_divisor);
      CHECK(layers[i].part == "encoderblocks");
      CHECK(layers[i].head == alone[i].head);
    }
    std::vector<std::string> names;
    for (const LayerOperator& layer : layers) {
      const std::string tensor = layer.name.substr(0, layer.name.find('['));
      CHECK(state.contains(tensor));
      if (names.empty() || names.back() != tensor) names.push_back(tensor);
    }
    CHECK(toeplitz_weight_names(state.infos()) == names);
    CHECK(layers.back().name == (sizes.decoder == DecoderMixing::dense
                                     ? "decoderblocks.1.conv.weight"
                                     : "decoderblocks.1.token_mixing_layer.weight"));
  });
}

TEST_CASE("the gradient of a decoder is that of finite differences under encoders of every family") {
  for_each_kind([](const Encoder& encoder, const RetentionSizes& sizes) {
    test::check_decoder_gradient(retention_network(encoder.network<double>(), sizes),
                                 test::retention_batch(2, m, v));
  });
}

TEST_CASE("training a decoder leaves encoders of every family as they are, bit for bit") {
  for_each_kind([](const Encoder& encoder, const RetentionSizes& sizes) {
    test::check_frozen_training(retention_network(encoder.network<float>(), sizes),
                                test::retention_batch(4, m, v));
  });
}

TEST_CASE("memory that encoder and decoder share is enough where their products run by other methods") {
  // Heads of 4 channels pass back by FFT from 129 steps on, 16 channels from 257 steps on.
  constexpr std::size_t length = 150;
  NetworkSizes sizes;
  sizes.family = "softplus-heads";
  sizes.heads = 4, sizes.embedding = 16, sizes.context = length, sizes.vocabulary = 5, sizes.blocks = 1;
  auto encoder = zero_network<double>(plan_architecture(sizes));
  initialise(encoder, Initialisation::reference, 3);
  const auto network = retention_network(encoder, {length, 1});
  test::check_decoder_gradient(network, test::retention_batch(1, length, 5));
}

TEST_CASE("an encoder is drawn anew in every family, and decoders under it take every kind of layer") {
  for_each_kind([](const Encoder& encoder, const RetentionSizes& sizes) {
    auto fresh = encoder.network<float>(), network = retention_network(fresh, sizes);
    CHECK_NOTHROW(initialise(fresh, Initialisation::reference, 7));
    CHECK_NOTHROW(initialise(network, Initialisation::decaying, 7));
    const auto& mixer = network.blocks.back().token_mixer;
    const auto& weight = sizes.decoder == DecoderMixing::dense ? mixer.dense.weight : mixer.first.weight;
    CHECK(weight.front() != 0);
    if (network.architecture.mixing == TokenMixing::averages)
      CHECK(fresh.blocks[0].token_mixer.averages.weight !=
            encoder.network<float>().blocks[0].token_mixer.averages.weight);
  });
}

TEST_CASE("operations of averages are their matrix and three for each of them, way back only to the input") {
  Assumptions long_enough;
  long_enough.context = Answer<std::size_t>{n, ""};
  const auto a = recognize(test::exponential_averages(3), "m.h5", long_enough);
  const double mixing = 2 * m * 8 * 24 + 3 * m * 24, channels = 2 * (2 * m * 8 * 32), logits = 2 * m * 50 * 8;
  CHECK(operation_count(a, m).forward == 2 * (mixing + channels) + logits);
  CHECK(operation_count(a, m).backward == 2 * (mixing + 2 * channels) + 2 * logits);
}

TEST_CASE("a flat decoder costs what a flat TMM's blocks do, whatever the encoder is") {
  const auto cost = [](const Encoder& encoder, std::size_t blocks) {
    return training_step_operations(
        retention_architecture(encoder.network<float>().architecture, {m, blocks}, ""), 3, m, true);
  };
  const double block = 3 * 3 * (8.0 * m * (m + 1) + 2 * (2 * m * 8 * 32));
  for (const Encoder& encoder : encoders()) CHECK(cost(encoder, 3) - cost(encoder, 2) == block);
}

TEST_CASE("what does not fit in an encoder under a decoder is refused by the names of the file") {
  const auto base = infos_of(state_of(retention_network(encoders().front().network<float>(), {m, 1})));
  const auto error = [&](const char* tensor, std::vector<std::size_t> shape) {
    Infos infos = base;
    test::reshape(infos, tensor, std::move(shape));
    try {
      recognize(infos, "m.h5");
    } catch (const FormatError& e) {
      return std::string(e.what());
    }
    return std::string("none");
  };
  CHECK_THAT(error("encoderblocks.1.mixer.weight", {m + 1}),
             Contains("m.h5: encoderblocks.1.mixer.weight") && Contains("as encoderblocks.0.mixer.weight"));
  CHECK_THAT(error("encoderblocks.0.norm1.weight", {9}), Contains("m.h5: encoderblocks.0.norm1.weight"));
  CHECK_THAT(error("decoderblocks.0.token_mixing_layer.bias", {m + 1}),
             Contains("m.h5: decoderblocks.0.token_mixing_layer.bias"));
  CHECK_THAT(error("decoderblocks.0.token_mixing_layer.weight", {2, m}), Contains("flat Toeplitz layers"));
  CHECK_THAT(error("projection.weight", {8, 3}), Contains("projection.weight"));

  Infos longer = base, less = base, more = base;
  test::reshape(longer, "decoderblocks.0.token_mixing_layer.weight", {1, m + 1});
  test::reshape(longer, "decoderblocks.0.token_mixing_layer.bias", {m + 1});
  CHECK_THROWS_WITH(recognize(longer, "m.h5"), Contains("n = 8 as the encoder has it") && Contains("n = 9"));
  test::drop(less, "inp_emb.weight");
  test::drop(less, "encoderblocks.0.norm2.weight");
  test::drop(less, "decoderblocks.0.token_norm.bias");
  CHECK(recognize(less, "m.h5").missing == std::vector<std::string>{"inp_emb.weight",
                                                                    "encoderblocks.0.norm2.weight",
                                                                    "decoderblocks.0.token_norm.bias"});
  CHECK_THROWS_AS(zero_network<float>(recognize(less, "m.h5")), FormatError);
  test::add(more, "norm.weight", {8});
  test::add(more, "encoderblocks.0.mixer.lora_A.weight", {2, 8});
  const auto a = recognize(more, "m.h5");
  CHECK(a.unknown == std::vector<std::string>{"encoderblocks.0.mixer.lora_A.weight", "norm.weight"});
  REQUIRE(a.contradictions.size() == 1);
  CHECK_THAT(a.contradictions.front().meaning, Contains("LoRA"));
}

TEST_CASE("what no tensor of an encoder under a decoder says is asked and noted") {
  const auto divided = encoders()[2];
  const auto state = state_of(retention_network(divided.network<float>(), {m, 1, 2}));
  const auto open = recognize(state);
  CHECK_FALSE(open.form.mean_normalised);
  CHECK(open.form.code_from_end == 1);
  CHECK_THAT(open.notes.front(), Contains("Assumed") && Contains("--mean-normalised"));
  Assumptions given;
  given.mean_normalised = Answer<bool>{true, "a file"};
  given.clm_encoder = Answer<bool>{true, "--clm-encoder"};
  given.context = Answer<std::size_t>{5, "--context"};
  const auto told = recognize(state, given);
  CHECK(told.form.mean_normalised);
  CHECK(told.form.code_from_end == 2);
  CHECK(told.context == m);  // that of the decoder's layers
  CHECK_THAT(told.notes.back(), Contains("--context is not used"));
  const auto& family = family_of(told);
  CHECK_THAT(family.null_model(told).without, Contains("no z-score"));
  for (const Encoder& encoder : encoders()) {
    if (encoder.family != "attention encoder" && encoder.family != "masked mixer encoder") continue;
    const auto a = retention_architecture(encoder.network<float>().architecture, {m, 1}, "");
    CHECK_THAT(a.notes.front(), Contains("The encoder mixes over time"));
    CHECK(family_of(a).null_model(a).without.empty());  // of the decoder, which is Toeplitz alone
    CHECK(family_of(a).starts_half_inside());
  }
}

TEST_CASE("a Toeplitz encoder of the TMM stays a TMM's, or information retention's, under either decoder") {
  const auto a = plan_architecture({});
  CHECK(retention_architecture(a, {m, 1}, "").family == "TMM");
  CHECK(retention_architecture(a, {m, 1, 1, DecoderMixing::dense}, "").family == "information retention");
  CHECK_THROWS_AS(encoder_autoencoder_family(information_retention_family()), ArgumentError);
}
