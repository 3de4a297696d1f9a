// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/hdf5/array_file.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using nlohmann::json;
using test::run_tmm, test::TemporaryFolder;

namespace {

std::string write_model(const TemporaryFolder& folder, const model::StateDict& state,
                        const std::string& name = "model.h5") {
  io::ArrayWriter file(folder.file(name));
  for (const auto& [tensor, value] : state.tensors())
    file.dataset(tensor, value.info.shape, value.as_double());
  file.finish();
  return folder.file(name);
}

std::string byte_model(const TemporaryFolder& folder) {
  return write_model(folder, test::random_state("flat", 40, 12, 256));
}

json generate(const std::string& arguments) {
  const auto result = run_tmm("generate " + arguments + " --format json");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  CHECK(result.err.empty());
  return json::parse(result.out);
}

/// Error of a run that must fail before it has written anything.
std::string error_of(const std::string& arguments, int code = 1) {
  const auto result = run_tmm(arguments);
  INFO(arguments);
  CHECK(result.exit_code == code);
  CHECK(result.out.empty());
  return result.err;
}

std::vector<std::int64_t> stored_ids(const std::string& golden, const std::string& name) {
  return io::read_array<std::int64_t>(golden, name).values;
}

}  // namespace

TEST_CASE("generate: the most probable continuation is that of the references, token for token") {
  for (const std::string name : {"e001_clm_s1", "e010_nomean_clm_s1", "e010_mean_clm_s1"}) {
    const std::string model = test::shared_file("families/" + name + ".safetensors"),
                      golden = test::shared_file("families/" + name + ".golden.h5");
    if (model.empty()) {
      WARN("the reference models are not here");
      return;
    }
    const auto prompt = stored_ids(golden, "prompt"), expected = stored_ids(golden, "generated");
    std::string list;
    for (const auto id : prompt) list += (list.empty() ? "" : ",") + std::to_string(id);
    for (const char* more : {"", " --no-cache", " --precision float64"}) {
      CAPTURE(name, more);
      const auto document = generate(model + " --prompt " + list + " --count " +
                                     std::to_string(expected.size() - prompt.size()) +
                                     (name == "e010_mean_clm_s1" ? " --mean-normalised" : "") + more);
      CHECK(document["tokens"] == json(expected));
    }
  }
}

TEST_CASE("generate: text streams byte for byte, ids as --prompt takes them, JSON says how it came about") {
  const TemporaryFolder folder;
  const std::string model = byte_model(folder);
  const auto document = generate(model + " --text 'In the' --count 12 --seed 4");
  CHECK(document["command"] == "generate");
  CHECK(document["prompt_tokens"] == 6);
  CHECK(document["tokens"].size() == 18);
  CHECK(document["logprobs"].size() == 12);
  for (const json& x : document["logprobs"]) CHECK(x.get<double>() < 0);
  CHECK(document["sampling"] ==
        json({{"temperature", 1.0}, {"top_k", nullptr}, {"top_p", 1.0}, {"seed", 4}}));
  CHECK(document["prefill_s"].get<double>() > 0);
  CHECK(document["tokens_per_s"].get<double>() > 0);
  CHECK(document["sha256"].get<std::string>().size() == 64);
  std::string bytes, list;
  for (const json& id : document["tokens"]) {
    bytes += static_cast<char>(id.get<int>());
    list += (list.empty() ? "" : ",") + std::to_string(id.get<int>());
  }
  CHECK(run_tmm("generate " + model + " --text 'In the' --count 12 --seed 4").out == bytes);
  CHECK(run_tmm("generate " + model + " --prompt 73,110,32,116,104,101 --count 12 --seed 4").out ==
        list + "\n");
  CHECK(generate(model + " --text 'In the' --count 12 --seed 4 --no-cache --threads 1")["tokens"] ==
        document["tokens"]);
  CHECK(generate(model + " --text 'In the' --count 12 --seed 5")["tokens"] != document["tokens"]);
  CHECK(generate(model + " --text 'In the' --count 1")["tokens_per_s"].is_null());
}

TEST_CASE("generate: what a network says does not move a terminal's cursor, and arrives whole elsewhere") {
  const TemporaryFolder folder;
  const std::string words = "generate " + byte_model(folder) + " --text 'a\x1b[2J\xc3\xa9\xff\tb' --count 1";
  CHECK(run_tmm(words).out.starts_with("a\x1b[2J\xc3\xa9\xff\tb"));
  if (test::run("script -qec true /dev/null").exit_code != 0) {
    WARN("script is not here");
    return;
  }
  std::ofstream(folder.file("ask")) << "exec " TMM_BINARY " " << words << "\n";
  const std::string shown = test::run("script -qec 'sh " + folder.file("ask") + "' /dev/null </dev/null").out;
  CHECK_THAT(shown, Contains("a\\x1b[2J\xc3\xa9\\xff") && !Contains("\x1b"));
}

TEST_CASE("generate: settings that leave no choice, and a window beyond the context") {
  const TemporaryFolder folder;
  const std::string model = byte_model(folder);
  const auto greedy = generate(model + " --prompt 1,2 --count 20");
  CHECK(greedy["sampling"]["temperature"] == 0);
  for (const char* same :
       {" --temperature 0 --seed 3", " --top-k 1", " --temperature 2 --top-p 1e-12", " --temperature 1e-9"})
    CHECK(generate(model + " --prompt 1,2 --count 20" + same)["tokens"] == greedy["tokens"]);
  const auto window = generate(model + " --prompt 1,2 --count 60 --window");
  CHECK(window["tokens"].size() == 62);
  CHECK(std::equal(greedy["tokens"].begin(), greedy["tokens"].end(), window["tokens"].begin()));
  CHECK(window["tokens"] == generate(model + " --prompt 1,2 --count 60 --window --no-cache")["tokens"]);
}

TEST_CASE("generate: bad input is named before anything is written") {
  const TemporaryFolder folder;
  const std::string model = byte_model(folder), to = "generate " + model;
  CHECK_THAT(error_of(to + " --count 3"), Contains("the prompt is empty (expected --prompt"));
  CHECK_THAT(error_of(to + " --text '' --count 3"), Contains("the prompt is empty"));
  CHECK_THAT(error_of(to + " --prompt '' --count 3", 2), Contains("--prompt"));
  CHECK_THAT(error_of(to + " --prompt 3,256 --count 3"),
             Contains(model) && Contains("expected ids from 0 to 255, found 256 at place 1"));
  CHECK_THAT(error_of(to + " --prompt 99999999999 --count 3"), Contains("found 99999999999 at place 0"));
  CHECK_THAT(error_of(to + " --text '" + std::string(41, 'a') + "' --count 1"),
             Contains("expected at most 40 tokens, found 41") && Contains("--window"));
  CHECK_THAT(error_of(to + " --text aa --count 40"),
             Contains("at most 39 tokens behind this prompt, found 40") && Contains("--window"));
  CHECK_THAT(error_of(to + " --text a --count 3 --temperature -1", 2), Contains("0 or more"));
  CHECK_THAT(error_of(to + " --text a --count 3 --temperature nan", 2), Contains("finite"));
  CHECK_THAT(error_of(to + " --text a --count 3 --top-p 0", 2), Contains("more than 0"));
  CHECK_THAT(error_of(to + " --text a --count 3 --top-k 0", 2), Contains("1 or more"));
  CHECK_THAT(error_of(to + " --text a --count 0", 2), Contains("1 or more"));
  CHECK_THAT(error_of(to + " --text a --prompt 1 --count 3", 2), Contains("excludes"));
  const std::string small = write_model(folder, test::random_state("flat"), "small.h5");
  CHECK_THAT(error_of("generate " + small + " --text a --count 3"), Contains("v = 256, found v = 30"));
}

TEST_CASE("generate: what predicts no next token, and what overflows") {
  const TemporaryFolder folder;
  for (const std::string variant : {"autoencoder", "dense"}) {
    const std::string model = write_model(folder, test::random_state(variant), variant + ".h5");
    for (const char* command : {"generate {} --prompt 1 --count 2", "evaluate {} --continuations /dev/null"})
      CHECK_THAT(error_of(std::string(command).replace(std::string(command).find("{}"), 2, model)),
                 Contains(model) && Contains("predicts no next token"));
  }
  CHECK_THAT(error_of("generate " TMM_TEST_DATA "/clm_flat_toeplitz.h5 --prompt 1 --count 2"),
             Contains("Toeplitz layers only"));
  auto state = test::random_state("flat");
  model::StateDict large("large.h5");
  for (const auto& [name, tensor] : state.tensors()) {
    auto values = tensor.as_double();
    if (name == "output_layer.weight") std::ranges::fill(values, 3e38);
    large.insert({tensor.info, std::move(values)});
  }
  const std::string model = write_model(folder, large, "large.h5");
  CHECK_THAT(run_tmm("generate " + model + " --prompt 1 --count 2").err,
             Contains(model) && Contains("not finite numbers (found behind token 0)") &&
                 Contains("--precision float64"));
  CHECK(run_tmm("generate " + model + " --prompt 1 --count 2").exit_code == 1);
  CHECK(run_tmm("generate " + model + " --prompt 1 --count 2 --precision float64").exit_code == 0);
}

TEST_CASE("evaluate --continuations: scores by line, and bad lines by their number") {
  const TemporaryFolder folder;
  const std::string model = byte_model(folder), requests = folder.file("requests.jsonl");
  const auto greedy = generate(model + " --prompt 7,8 --count 3");
  const json best(std::vector<int>(greedy["tokens"].begin() + 2, greedy["tokens"].end()));
  std::ofstream(requests)
      << json({{"context", {7, 8}}, {"continuation", best}}).dump() << "\n\n"
      << R"({"context": [1], "continuation": [2, 3], "note": "other members do not matter"})"
      << "\n"
      << R"({"continuation": [9], "context": [7, 8]})";
  const auto result = run_tmm("evaluate " + model + " --continuations " + requests + " --format json");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  const auto document = json::parse(result.out);
  CHECK(document["contexts"] == 2);
  const auto& scores = document["continuations"];
  REQUIRE(scores.size() == 3);
  CHECK(scores[0]["line"] == 1);
  CHECK(scores[1]["line"] == 3);
  CHECK(scores[2]["line"] == 4);
  double sum = 0;
  for (const json& x : greedy["logprobs"]) sum += x.get<double>();
  CHECK(scores[0]["log_likelihood"].get<double>() == Approx(sum).epsilon(1e-6));
  CHECK(scores[0]["greedy"] == true);
  CHECK(scores[2]["greedy"] == false);
  CHECK_THAT(run_tmm("evaluate " + model + " --continuations " + requests).out,
             Contains("3 with 2 different contexts") && Contains("log-likelihood"));
  const std::string before = test::read_text(requests) + "\n";
  for (const auto& [line, message] : std::vector<std::pair<std::string, std::string>>{
           {R"({"context": [1]})", "a field is missing (expected continuation)"},
           {R"({"context": [], "continuation": [1]})",
            "context: unexpected value (expected at least one token"},
           {R"({"context": [1], "continuation": []})",
            "continuation: unexpected value (expected at least one"},
           {R"({"context": [1], "continuation": [256]})",
            "continuation[0]: unexpected value (expected a token from 0"},
           {R"({"context": [-1], "continuation": [2]})", "context[0]"},
           {R"({"context": [1.5], "continuation": [2]})", "context[0]"},
           {R"({"context": "a", "continuation": [2]})", "expected an array"},
           {R"({"context": [1], "continuation": [2])", "not JSON"},
           {"[1, 2]", "expected an object"},
           {json({{"context", std::vector<int>(40, 1)}, {"continuation", {1, 2}}}).dump(),
            "at most 41 tokens"}}) {
    std::ofstream(requests) << before << line << "\n";
    CHECK_THAT(error_of("evaluate " + model + " --continuations " + requests),
               Contains(requests + ": line 5: ") && Contains(message));
  }
  std::ofstream(requests) << "\n";
  CHECK_THAT(error_of("evaluate " + model + " --continuations " + requests), Contains("no requests"));
  CHECK_THAT(error_of("evaluate " + model + " --continuations " + requests + " --text " + requests, 2),
             Contains("excludes"));
}
