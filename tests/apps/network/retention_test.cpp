// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "apps/train_runs.hpp"
#include "io/hdf5/array_file.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

namespace {

const std::string quick = "--batch 4 --report-every 0 --index-every 0 --eval-every 0 --threads 1 ";

/// A text, its last tenth, and a language model of bytes with two blocks and n = 12.
struct Setting {
  TemporaryFolder folder;
  std::string text = folder.file("text.txt"), tail = folder.file("tail.txt"),
              encoder = folder.file("encoder");

  Setting() {
    std::string words;
    for (int i = 0; i < 300; ++i) words += "line " + std::to_string(i * i % 97) + "\n";
    std::ofstream(text, std::ios::binary) << words;
    std::ofstream(tail, std::ios::binary) << words.substr(words.size() - (words.size() + 9) / 10);
    train(quick + "--text " + text + " --dim 8 --context 12 --blocks 2 --steps 5 -q -o " + encoder);
  }
  [[nodiscard]] std::string retention(const std::string& more, const std::string& of = {}) const {
    return quick + "--objective retention --encoder " + (of.empty() ? encoder : of) + " --text " + text +
           " --validation 0.1 --eval-sequences 100000 --blocks 1 --context 10 " + more + " ";
  }
  [[nodiscard]] std::string error(const std::string& arguments) const {
    const auto message =
        error_of(quick + "--objective retention " + arguments + " -o " + folder.file("none"));
    CHECK_FALSE(fs::exists(folder.file("none")));
    return message;
  }
};

std::vector<float> tensor(const std::string& run, const std::string& name) {
  return io::read_array<float>(run + "/model.h5", name).values;
}

nlohmann::json result_of(const std::string& run) {
  return nlohmann::json::parse(read_text(run + "/result.json"))["retention"];
}

}  // namespace

TEST_CASE(
    "retention trains a decoder on a frozen encoder, and evaluate, info and analyze read what it writes") {
  const Setting s;
  for (const auto& [decoder, code] :
       {std::pair("toeplitz", 1), std::pair("toeplitz", 2), std::pair("dense", 1)}) {
    const std::string out = s.folder.file(decoder + std::to_string(code)), model = out + "/model.h5";
    INFO(out);
    const auto printed = train(s.retention(std::string("--steps 20 --decoder ") + decoder +
                                           " --code-from-end " + std::to_string(code)) +
                               "-o " + out);
    CHECK_THAT(printed.out,
               Contains("bits recovered") && Contains("chance") && Contains("accuracy by position"));
    const auto result = result_of(out);
    CHECK(result["decoder"] == decoder);
    CHECK(
        result["bits_recovered"].get<double>() ==
        Approx((result["unigram_entropy"].get<double>() - result["loss"].get<double>()) / std::numbers::ln2));
    CHECK(result["by_position"].size() == 10);
    CHECK(tensor(out, "wte.weight") == tensor(s.encoder, "input_layer.weight"));
    for (const char* name : {"channel_mixing_layer.0.weight", "token_norm.bias", "channel_norm.weight"})
      CHECK(tensor(out, std::string("encoderblocks.1.") + name) ==
            tensor(s.encoder, std::string("mixer_blocks.1.") + name));
    auto taps = tensor(s.encoder, "mixer_blocks.0.token_mixing_layer.weight");
    taps.resize(10);
    CHECK(tensor(out, "encoderblocks.0.token_mixing_layer.weight") == taps);
    const auto evaluated = run_tmm("evaluate " + model + " --batch 4 --text " + s.tail + " --format json");
    INFO(evaluated.err);
    REQUIRE(evaluated.exit_code == 0);
    CHECK(nlohmann::json::parse(evaluated.out)["loss"] == result["loss"]);
    CHECK_THAT(run_tmm("info " + model).out, Contains("autoencoder"));
    CHECK(run_tmm("analyze " + model).exit_code == 0);
    if (std::string(decoder) == "dense") {
      const auto weight = io::read_array<float>(model, "decoderblocks.0.conv.weight");
      CHECK(weight.shape == std::vector<std::size_t>{10, 10, 1});
      for (std::size_t i = 0; i < 100; ++i)
        if (i % 10 > i / 10)
          CHECK(weight.values[i] == 0);
        else
          CHECK(weight.values[i] != 0);
    }
  }
}

TEST_CASE("an untrained encoder has the architecture of the trained one and numbers of its own") {
  const Setting s;
  const std::string out = s.folder.file("out"), again = s.folder.file("again");
  train(s.retention("--steps 3 --encoder-untrained") + "-q -o " + out);
  train("--config " + out + "/config.toml -q -o " + again);
  CHECK(result_of(out)["encoder_untrained"] == true);
  CHECK(tensor(out, "wte.weight") != tensor(s.encoder, "input_layer.weight"));
  CHECK(tensor(out, "wte.weight") == tensor(again, "wte.weight"));
  CHECK(tensor(out, "lm_head.weight") == tensor(again, "lm_head.weight"));
  CHECK(tensor(out, "wte.weight").size() == tensor(s.encoder, "input_layer.weight").size());
  // An autoencoder serves as well: of it, the encoder.
  train(s.retention("--steps 1", out) + "-q -o " + s.folder.file("third"));
  CHECK(tensor(s.folder.file("third"), "wte.weight") == tensor(out, "wte.weight"));
}

TEST_CASE("a study sets the untrained encoder beside the trained one, and goes on where it is done") {
  const Setting s;
  const std::string study = s.folder.file("study.toml"), out = s.folder.file("study");
  std::ofstream(study)
      << "objective = \"retention\"\nencoder = \"encoder\"\ntext = [\"text.txt\"]\n"
         "context = 10\nblocks = 1\nbatch = 4\nsteps = 3\nencoder-untrained = [false, true]\n";
  for (int times = 0; times < 2; ++times) {
    const auto result = run_tmm("sweep " + study + " -q -o " + out);
    INFO(result.err);
    CHECK(result.exit_code == 0);
  }
  CHECK(result_of(out + "/no-encoder-untrained")["encoder_untrained"] == false);
  CHECK(result_of(out + "/encoder-untrained")["encoder_untrained"] == true);
  CHECK(tensor(out + "/no-encoder-untrained", "wte.weight") == tensor(s.encoder, "input_layer.weight"));
}

TEST_CASE("a retention run goes on bit for bit, and notices an encoder that has changed") {
  const Setting s;
  const std::string a = s.folder.file("a"), b = s.folder.file("b");
  train(s.retention("--steps 12") + "-q -o " + a);
  train(s.retention("--steps 12") + "--stop-at 5 -q -o " + b);
  fs::rename(s.encoder, s.folder.file("kept"));
  train(quick + "--text " + s.text + " --dim 8 --context 12 --blocks 2 --steps 6 -q -o " + s.encoder);
  CHECK_THAT(error_of("--resume " + b), Contains("the encoder is not the one that this run began with"));
  fs::remove_all(s.encoder);
  CHECK_THAT(error_of("--resume " + b), Contains("encoder"));
  fs::rename(s.folder.file("kept"), s.encoder);
  train("--resume " + b);
  for (const char* name :
       {"lm_head.weight", "projection.weight", "decoderblocks.0.token_mixing_layer.weight", "wte.weight"})
    CHECK(tensor(a, name) == tensor(b, name));
  CHECK(same_file(a + "/result.json", b + "/result.json"));
}

TEST_CASE("retention with encoders and options that do not fit is explained") {
  const Setting s;
  const std::string with = "--encoder " + s.encoder + " --text " + s.text + " --context 10 ";
  CHECK_THAT(s.error("--text " + s.text), Contains("--encoder"));
  CHECK_THAT(s.error(with + "--dim 16"), Contains("--dim") && Contains("8, as the encoder has it"));
  CHECK_THAT(s.error("--encoder " + s.encoder + " --text " + s.text),
             Contains("fewer positions") && Contains("n = 12"));
  CHECK_THAT(s.error(with + "--decoder recurrent"), Contains("toeplitz or dense"));
  CHECK_THAT(s.error(with + "--code-from-end 3"), Contains("1 or 2"));
  CHECK_THAT(s.error(with + "--toeplitz minimum-phase"), Contains("free or frozen"));
  CHECK_THAT(s.error(with + "--task copy"), Contains("--objective"));
  CHECK_THAT(s.error("--encoder " TMM_TEST_DATA "/clm_flat_toeplitz.h5 --text " + s.text),
             Contains("Toeplitz layers only"));
  CHECK_THAT(error_of("--random --encoder " + s.encoder + " -o " + s.folder.file("none")),
             Contains("--objective retention"));
  const std::string other = s.folder.file("other");
  train(quick + "--random --vocabulary 11 --dim 8 --context 12 --steps 1 -q -o " + other);
  CHECK_THAT(s.error("--encoder " + other + " --context 10 --text " + s.text), Contains("v = 11"));
  CHECK_THAT(s.error(with + "--family first-tmm"), Contains("--family") && Contains("TMM"));
}
