// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/hdf5/array_file.hpp"
#include "model/network/naive_network.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using namespace tmm;
using nlohmann::json;
using test::run_tmm, test::TemporaryFolder;

namespace {

std::string write_model(const TemporaryFolder& folder, const model::StateDict& state,
                        const std::string& name) {
  io::ArrayWriter file(folder.file(name));
  for (const auto& [tensor, value] : state.tensors())
    file.dataset(tensor, value.info.shape, value.as_double());
  file.finish();
  return folder.file(name);
}

std::string write_tokens(const TemporaryFolder& folder, const std::vector<std::int64_t>& ids,
                         std::vector<std::size_t> shape, const std::string& name = "tokens.h5") {
  io::ArrayWriter file(folder.file(name));
  file.dataset("tokens", shape, ids);
  file.finish();
  return folder.file(name);
}

std::string write_text(const TemporaryFolder& folder, const std::string& text) {
  std::ofstream(folder.file("text.txt"), std::ios::binary) << text;
  return folder.file("text.txt");
}

json evaluate(const std::string& arguments) {
  const auto result = run_tmm("evaluate " + arguments + " --format json");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  CHECK(result.err.empty());  // no progress bar where there is no terminal
  return json::parse(result.out);
}

/// Error of a run that must fail; one line, and exit code 1.
std::string error_of(const std::string& arguments) {
  const auto result = run_tmm("evaluate " + arguments);
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  CHECK(result.err.starts_with("tmm: "));
  return result.err;
}

std::vector<std::int64_t> some_ids(std::size_t count) {
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(static_cast<std::int64_t>(i * i % 29));
  return ids;
}

}  // namespace

TEST_CASE("evaluate reports the loss of the definition") {
  const TemporaryFolder folder;
  const auto state = test::random_state("heads");
  const auto file = write_model(folder, state, "m.h5");
  const auto ids = some_ids(50);  // two sequences of 21, 8 tokens left
  const auto report = evaluate(file + " --tokens " + write_tokens(folder, ids, {50}));
  double sum = 0;
  for (std::size_t s = 0; s < 2; ++s) {
    const std::vector<std::int32_t> sequence(ids.begin() + static_cast<std::ptrdiff_t>(21 * s),
                                             ids.begin() + static_cast<std::ptrdiff_t>(21 * s + 21));
    const auto logits = test::NaiveNetwork(state).logits(sequence);
    for (std::size_t t = 0; t < 20; ++t) {
      double total = 0;
      for (const double x : logits[t]) total += std::exp(x);
      sum += std::log(total) - logits[t][static_cast<std::size_t>(sequence[t + 1])];
    }
  }
  CHECK(report["loss"].get<double>() == Approx(sum / 40).epsilon(1e-5));
  CHECK(report["perplexity"].get<double>() == Approx(std::exp(sum / 40)).epsilon(1e-4));
  CHECK(report["counted_positions"] == 40);
  CHECK(report["tokens"]["sequences"] == 2);
  CHECK(report["tokens"]["left_out"] == 8);
  CHECK(report["count_by_position"][0] == 2);
  CHECK(report["count_by_position"][20] == 0);
  CHECK(report["loss_by_position"][20].is_null());
  CHECK(report["objective"] == "clm");
  CHECK(report["sha256"].get<std::string>().size() == 64);
}

TEST_CASE("evaluate writes logits and activations that --check finds equal") {
  const TemporaryFolder folder;
  for (const std::string variant : {"expanded", "autoencoder_compressed"}) {
    const auto file = write_model(folder, test::random_state(variant), variant + ".h5");
    const auto tokens = write_tokens(folder, some_ids(5 * 17), {5, 17}, variant + ".tokens.h5");
    const std::string logits = folder.file(variant + ".logits.h5"),
                      blocks = folder.file(variant + ".blocks.h5");
    evaluate(file + " --tokens " + tokens + " --batch 2 --precision float64 --logits " + logits +
             " --activations " + blocks);
    CHECK_THAT(error_of(file + " --tokens " + tokens + " --logits " + logits),
               Catch::Contains("the file exists already"));
    const auto stored = io::read_array<double>(logits, "logits");
    CHECK(stored.shape == std::vector<std::size_t>{5, 17, 30});
    // A golden file of our own: float32 must agree with what float64 has written.
    io::ArrayWriter golden(folder.file("golden.h5"));
    const std::vector<std::size_t> shape{5, 17};
    golden.dataset("input_ids", shape, some_ids(5 * 17));
    golden.dataset("labels", shape, some_ids(5 * 17));
    golden.dataset("logits", stored.shape, stored.values);
    for (const auto& name : io::list_arrays(blocks)) {
      const auto block = io::read_array<double>(blocks, name);
      CHECK(block.shape == std::vector<std::size_t>{5, 17, 12});
      golden.dataset(name, block.shape, block.values);
    }
    golden.finish();
    const auto report = evaluate(file + " --check " + folder.file("golden.h5"));
    CHECK(report["agrees"] == true);
    CHECK(report["block_output"].size() == (variant == "expanded" ? 2 : 4));
    CHECK(report["logits"]["largest_difference"].get<double>() > 0);
    // The same file against another network must not pass.
    const auto other =
        write_model(folder, test::random_state(variant == "expanded" ? "flat" : "autoencoder"), "o.h5");
    const auto wrong = run_tmm("evaluate " + other + " --check " + folder.file("golden.h5"));
    CHECK(wrong.exit_code == 1);
    CHECK_THAT(wrong.out, Catch::Contains("DIFFERS"));
  }
}

TEST_CASE("text is read as bytes, the files one after the other") {
  const TemporaryFolder folder;
  const auto file = write_model(folder, test::random_state("flat", 21, 12, 256), "m.h5");
  const auto text = write_text(folder, "The quick brown fox jumps over the lazy dog.\n\xff");
  const auto report = evaluate(file + " --text " + text + " " + text);
  CHECK(report["tokens"]["sequences"] == 4);  // 92 bytes, n = 21
  CHECK(report["tokens"]["left_out"] == 8);
}

TEST_CASE("copy doubles each sequence and counts the second half only") {
  const TemporaryFolder folder;
  const auto file = write_model(folder, test::random_state("flat"), "m.h5");
  auto report = evaluate(file + " --objective copy --tokens " + write_tokens(folder, some_ids(30), {3, 10}));
  CHECK(report["tokens"]["length"] == 20);
  CHECK(report["counted_positions"] == 30);
  CHECK(report["count_by_position"][8] == 0);
  CHECK(report["count_by_position"][9] == 3);  // predicts position 10, the first of the copy
  report = evaluate(file + " --objective copy --tokens " + write_tokens(folder, {1, 2, 3, 1, 2, 3}, {1, 6}));
  CHECK(report["tokens"]["length"] == 6);  // doubled already
}

TEST_CASE("inversion finds a minimum-phase layer kind and a delayed one hopeless") {
  const TemporaryFolder folder;
  auto made = [&](const std::vector<double>& taps, const std::string& name) {
    model::StateDict state(name);
    const auto random = test::random_state("flat", 32);
    for (auto [tensor, value] : random.tensors()) {
      if (tensor.ends_with("token_mixing_layer.weight")) value.values = taps;
      state.insert(value);
    }
    return write_model(folder, state, name);
  };
  std::vector<double> kind(32), hopeless(32);
  kind[0] = 1, kind[1] = 0.5;           // zero of 1 + z/2 at −2
  hopeless[0] = 1e-3, hopeless[1] = 1;  // zero at −0.001
  const auto tokens = write_tokens(folder, some_ids(64), {64});
  const auto good =
      evaluate(made(kind, "kind.h5") + " --invert --tokens " + tokens)["inversion"]["operators"];
  REQUIRE(good.size() == 2);
  CHECK(good[0]["float32"]["error"].get<double>() < 1e-6);
  CHECK(good[0]["float64"]["error"].get<double>() < 1e-14);
  CHECK(good[0]["float32"]["first_position_above_1_percent"].is_null());
  CHECK(good[0]["float32"]["error_by_position"].size() == 32);
  const auto bad =
      evaluate(made(hopeless, "bad.h5") + " --invert --tokens " + tokens)["inversion"]["operators"];
  // Errors grow a thousandfold a step: two steps of float32, five of float64.
  CHECK(bad[0]["float32"]["first_position_above_1_percent"].get<int>() <= 4);
  CHECK(bad[0]["float64"]["first_position_above_1_percent"].get<int>() <= 8);
  CHECK(bad[0]["float32"]["status"] == "overflow");
  CHECK(bad[0]["float32"]["error"].is_null());
}

TEST_CASE("bad input of evaluate is named") {
  const TemporaryFolder folder;
  const auto file = write_model(folder, test::random_state("flat"), "m.h5");
  using Catch::Contains;

  SECTION("tokens outside the vocabulary, with their position") {
    CHECK_THAT(error_of(file + " --tokens " + write_tokens(folder, {1, 2, 30, 4}, {4})),
               Contains("outside the vocabulary") && Contains("30 at position 2") && Contains("0 to 29"));
    CHECK_THAT(error_of(file + " --tokens " + write_tokens(folder, {1, 2, 3, -7}, {2, 2})),
               Contains("negative") && Contains("-7 at position 1 of row 1"));
  }
  SECTION("sequences longer than the context") {
    CHECK_THAT(error_of(file + " --tokens " + write_tokens(folder, some_ids(46), {2, 23})),
               Contains("longer than the network's context") && Contains("2 to 21") && Contains("23"));
    CHECK_THAT(error_of(file + " --objective copy --tokens " + write_tokens(folder, some_ids(22), {2, 11})),
               Contains("1 to 10") && Contains("twice"));
  }
  SECTION("too short, empty, or of the wrong kind") {
    CHECK_THAT(error_of(file + " --tokens " + write_tokens(folder, {5}, {1})), Contains("too short"));
    CHECK_THAT(error_of(file + " --tokens " + write_tokens(folder, {}, {0})), Contains("wrong shape"));
    CHECK_THAT(error_of(file + " --tokens " + write_tokens(folder, some_ids(8), {2, 2, 2})),
               Contains("(2, 2, 2)"));
    CHECK_THAT(error_of(file + " --tokens " + file),
               Contains("no dataset of tokens") && Contains("--dataset"));
    CHECK_THAT(error_of(file + " --tokens " + file + " --dataset input_layer.weight"), Contains("integers"));
    CHECK_THAT(error_of(file + " --tokens " + write_tokens(folder, {1, 2}, {2}) + " --dataset x"),
               Contains("\"x\""));
  }
  SECTION("text that is empty, or for a model without a byte vocabulary") {
    CHECK_THAT(error_of(file + " --text " + write_text(folder, "hello")),
               Contains("v = 256") && Contains("v = 30"));
    const auto bytes = write_model(folder, test::random_state("flat", 21, 12, 256), "b.h5");
    CHECK_THAT(error_of(bytes + " --text " + write_text(folder, "")), Contains("empty"));
    CHECK_THAT(error_of(bytes + " --text " + folder.file("absent.txt")), Contains("absent.txt"));
  }
  SECTION("objectives that do not fit, and nothing to do") {
    CHECK_THAT(
        error_of(file + " --objective autoencoder --tokens " + write_tokens(folder, some_ids(21), {21})),
        Contains("does not fit"));
    CHECK_THAT(error_of(file), Contains("--tokens") && Contains("--text"));
    CHECK(run_tmm("evaluate " + file + " --tokens a --text b").exit_code == 2);
    CHECK(run_tmm("evaluate " + file + " --objective translate").exit_code == 2);
  }
}

TEST_CASE("checkpoints that are no whole network say what they lack") {
  const TemporaryFolder folder;
  const auto tokens = write_tokens(folder, some_ids(21), {21});
  const auto state = test::random_state("flat");
  const auto write_some = [&](const std::string& name, auto keep, auto change) {
    io::ArrayWriter file(folder.file(name));
    for (const auto& [tensor, value] : state.tensors()) {
      if (!keep(tensor)) continue;
      auto shape = value.info.shape;
      auto values = value.as_double();
      change(tensor, shape, values);
      file.dataset(tensor, shape, values);
    }
    file.finish();
    return folder.file(name) + " --tokens " + tokens;
  };
  const auto nothing = [](const auto&, auto&, auto&) {};
  using Catch::Contains;
  const auto toeplitz = write_some(
      "t.h5", [](const auto& t) { return t.find("token_mixing") != std::string::npos; }, nothing);
  CHECK_THAT(error_of(toeplitz), Contains("Toeplitz layers only") && Contains("input_layer.weight") &&
                                     Contains("mixer_blocks.0.channel_norm.weight"));
  const auto one = write_some(
      "one.h5", [](const auto& t) { return t != "mixer_blocks.1.token_norm.bias"; }, nothing);
  CHECK_THAT(error_of(one), Contains("not a whole network") && Contains("mixer_blocks.1.token_norm.bias"));
  const auto all = [](const auto&) { return true; };
  const auto ragged = write_some("r.h5", all, [](const auto& t, auto& shape, auto& values) {
    if (t == "mixer_blocks.1.channel_mixing_layer.3.weight") shape = {12, 39}, values.resize(12 * 39);
  });
  CHECK_THAT(error_of(ragged),
             Contains("mixer_blocks.1.channel_mixing_layer.3.weight") && Contains("(12, 39)"));
  const auto nan = write_some("n.h5", all, [](const auto& t, auto&, auto& values) {
    if (t == "mixer_blocks.0.token_norm.bias") values[3] = std::nan("");
  });
  CHECK_THAT(error_of(nan), Contains("mixer_blocks.0.token_norm.bias") && Contains("element 3"));
}

TEST_CASE("tmm evaluate: the file's objective is found behind any number of attributes") {
  const TemporaryFolder folder;
  const std::string tokens = write_tokens(folder, some_ids(24), {24});
  const auto state = test::random_state("flat");
  const auto write = [&](const std::string& name, int others, const std::string& objective) {
    io::ArrayWriter file(folder.file(name));
    for (const auto& [tensor, value] : state.tensors())
      file.dataset(tensor, value.info.shape, value.as_double());
    for (int i = 0; i < others; ++i) file.attribute("/", "a" + std::to_string(1000 + i), std::int64_t{i});
    if (!objective.empty()) file.attribute("/", "objective", objective);
    file.finish();
    return folder.file(name);
  };
  const json plain = evaluate(write("plain.h5", 0, "copy") + " --tokens " + tokens);
  CHECK(plain["objective"] == "copy");
  for (const int others : {63, 64, 65, 300}) {
    const json found = evaluate(write("m.h5", others, "copy") + " --tokens " + tokens);
    CHECK(found["objective"] == "copy");
    CHECK(found["loss"] == plain["loss"]);
  }
  CHECK(evaluate(write("none.h5", 70, "") + " --tokens " + tokens)["objective"] == "clm");
  const std::string odd = write("odd.h5", 0, "masked");
  CHECK_THAT(error_of(odd + " --tokens " + tokens), Catch::Contains("attribute objective") &&
                                                        Catch::Contains("masked") &&
                                                        Catch::Contains("--objective"));
  CHECK(evaluate(odd + " --objective clm --tokens " + tokens)["objective"] == "clm");
}

TEST_CASE("tmm evaluate: the copying model of the field keeps its task behind 64 other attributes") {
  const std::string model = test::shared_file("field/h_objective_after64.h5");
  if (model.empty()) {
    WARN("the reference material is not here");
    return;
  }
  const json found = evaluate(model + " --tokens " + test::shared_file("field/tok.h5"));
  CHECK(found["objective"] == "copy");
  CHECK(std::abs(found["loss"].get<double>() - 11.7559) < 5e-5);
}

TEST_CASE("evaluate takes raw and numpy tokens, n + 1 tokens a row and padding") {
  const TemporaryFolder folder;
  const std::string model = write_model(folder, test::random_state("flat"), "model.h5");
  const auto ids = some_ids(42);
  const std::string h5 = write_tokens(folder, ids, {42}, "stream.h5");
  {
    std::ofstream raw(folder.file("stream.bin"), std::ios::binary);
    for (const std::int64_t id : ids) raw << static_cast<char>(id) << '\0';
  }
  const json expected = evaluate(model + " --tokens " + h5),
             found = evaluate(model + " --tokens " + folder.file("stream.bin"));
  CHECK(found["loss"] == expected["loss"]);
  CHECK(found["tokens"]["source"] == folder.file("stream.bin") + ": raw uint16");
  const std::size_t n =
      json::parse(run_tmm("info --format json " + model).out)["sizes"]["context"].get<std::size_t>();
  // Rows of n + 1: one label more than rows of n, whose others are the same.
  const std::string longer = write_tokens(folder, some_ids(2 * (n + 1)), {2, n + 1}, "longer.h5");
  auto padded = some_ids(2 * (n + 1));
  padded[n] = padded[2 * n + 1] = -100;
  const std::string ends = write_tokens(folder, padded, {2, n + 1}, "padded.h5");
  auto cut = some_ids(2 * (n + 1));
  cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(n));
  cut.pop_back();
  const std::string rows = write_tokens(folder, cut, {2, n}, "rows.h5");
  const json more = evaluate(model + " --tokens " + longer),
             same = evaluate(model + " --tokens " + ends + " --ignore-id -100"),
             plain = evaluate(model + " --tokens " + rows);
  CHECK(more["counted_positions"].get<std::size_t>() == 2 * n);
  CHECK(same["counted_positions"] == plain["counted_positions"]);
  CHECK(same["loss"] == plain["loss"]);
  CHECK(more["loss"] != plain["loss"]);
  CHECK_THAT(error_of(model + " --tokens " + ends), Catch::Contains("If that is padding: --ignore-id -100"));
  CHECK(run_tmm("evaluate " + model + " --tokens " + rows + " --ignore-id x").exit_code == 2);
}
