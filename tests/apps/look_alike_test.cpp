// SPDX-License-Identifier: MIT
// Files whose tensors look like Toeplitz layers and mean something else, and names below wrappers.
#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "io/report/text_layout.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using nlohmann::json;
using test::read_text, test::run_tmm, test::TemporaryFolder;

namespace {

const std::string mixing = "mixer_blocks.1.token_mixing_layer.";

/// A small network of `variant` with these tensors besides, named by `rename`.
std::string write_model(
    const TemporaryFolder& folder, const std::string& name, const std::vector<std::string>& besides = {},
    const std::function<std::string(const std::string&)>& rename =
        [](const std::string& tensor) { return tensor; },
    const std::string& variant = "flat") {
  io::ArrayWriter file(folder.file(name));
  const model::StateDict state = test::random_state(variant);
  for (const auto& [tensor, value] : state.tensors())
    file.dataset(rename(tensor), value.info.shape, value.as_double());
  for (const std::string& tensor : besides)
    file.dataset(tensor, std::vector<std::size_t>{1}, std::vector<float>{0.5F});
  file.finish();
  return folder.file(name);
}

std::string write_tokens(const TemporaryFolder& folder) {
  io::ArrayWriter file(folder.file("tokens.h5"));
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < 42; ++i) ids.push_back(i * i % 29);
  file.dataset("tokens", std::vector<std::size_t>{2, 21}, ids);
  file.finish();
  return folder.file("tokens.h5");
}

std::string refusal(const std::string& arguments) {
  const auto result = run_tmm(arguments);
  CHECK(result.exit_code == 1);
  CHECK(result.out.empty());
  return result.err;
}

std::string output(const std::string& arguments) {
  const auto result = run_tmm(arguments);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return result.out;
}

std::string without_breaks(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

using Words = std::vector<std::string>;

void check_contains(const std::string& text, const Words& words) {
  for (const std::string& word : words) CHECK_THAT(text, Contains(word));
}

const Words remark{"Assumed (--assume-toeplitz)", mixing + "decay_value", "repeat mixer"};

}  // namespace

TEST_CASE(
    "a file that means something else is refused by name by every command that takes operators from it") {
  const TemporaryFolder folder;
  const auto [tensor, meaning] = GENERATE(table<std::string, std::string>({
      {mixing + "decay_value", "repeat mixer"},
      {mixing + "lora_B.default.weight", "LoRA"},
      {mixing + "weight_scale", "scale"},
      {mixing + "q_proj.weight", "attention"},
  }));
  const std::string good = write_model(folder, "good.h5"), bad = write_model(folder, "bad.h5", {tensor});
  const std::string tokens = write_tokens(folder);
  const Words named{"tmm: " + bad, tensor, meaning, "--assume-toeplitz"};
  check_contains(refusal("analyze " + good + " " + bad), named);
  check_contains(refusal("compare " + good + " --against " + bad), named);
  check_contains(refusal("evaluate " + bad + " --tokens " + tokens), named);
  check_contains(refusal("evaluate " + bad + " --check " + tokens), named);
  CHECK_THAT(without_breaks(output("info " + bad)),
             Contains("contradiction") && Contains(tensor) && Contains(meaning));
  const json info = json::parse(output("info --format json " + bad));
  CHECK(info["contradictions"][0]["tensor"] == tensor);
  CHECK_FALSE(json::parse(output("info --format json " + good)).contains("contradictions"));
}

TEST_CASE("with --assume-toeplitz every output of analyze carries the remark, and read back it stays") {
  const TemporaryFolder folder;
  const std::string bad = write_model(folder, "bad.h5", {mixing + "decay_value"});
  const std::string analyze = "analyze --assume-toeplitz " + bad;
  const auto table = run_tmm(analyze);
  check_contains(without_breaks(table.out), remark);
  std::istringstream lines(table.out);
  for (std::string line; std::getline(lines, line);) CHECK(io::display_width(line) <= 80);
  check_contains(output(analyze + " --format csv"), remark);
  CHECK_THAT(output(analyze + " --format csv"), Contains("null_rank,warnings\n"));
  check_contains(run_tmm(analyze + " --format csv").err, remark);
  const std::string saved = folder.file("r.json"), arrays = folder.file("r.h5");
  output(analyze + " -o " + saved + " --hdf5 " + arrays);
  const json report = json::parse(read_text(saved));
  CHECK(report["options"]["assume_toeplitz"] == true);
  check_contains(report["models"][0]["warnings"][0].get<std::string>(), remark);
  CHECK_THAT(io::read_attributes(arrays, "models/0").at("warnings"), Contains("Assumed"));

  for (const std::string& file : {saved, arrays}) {
    CHECK(output("report --format json " + file) == read_text(saved));
    check_contains(without_breaks(output("report " + file)), remark);
    check_contains(output("report --format csv " + file), remark);
    check_contains(output("compare --format json " + file + " --against " + file), remark);
  }
  if (run_tmm("report " + saved + " -o " + folder.file("p.html")).exit_code == 0)
    check_contains(read_text(folder.file("p.html")), remark);
  else
    WARN("this build has no page");
}

TEST_CASE("with --assume-toeplitz compare and evaluate carry the remark in every output") {
  const TemporaryFolder folder;
  const std::string good = write_model(folder, "good.h5"),
                    bad = write_model(folder, "bad.h5", {mixing + "decay_value"}),
                    tokens = write_tokens(folder);
  const std::string compare = "compare --assume-toeplitz " + good + " --against " + bad;
  check_contains(without_breaks(output(compare)), remark);
  CHECK_THAT(without_breaks(output(compare)), Contains(bad + ": Assumed"));
  const json comparison = json::parse(output(compare + " --format json"));
  check_contains(comparison["b"]["models"][0]["warnings"][0].get<std::string>(), remark);
  CHECK_FALSE(comparison["a"]["models"][0].contains("warnings"));
  check_contains(comparison["warnings"].dump(), remark);
  check_contains(output(compare + " --format csv"), remark);
  CHECK_THAT(output(compare + " --format csv"), Contains("unresolved_pairs,warnings\n"));

  const std::string evaluate = "evaluate --assume-toeplitz " + bad + " --tokens " + tokens;
  const std::string logits = folder.file("l.h5"), activations = folder.file("a.h5");
  check_contains(without_breaks(output(evaluate + " --logits " + logits + " --activations " + activations)),
                 remark);
  check_contains(json::parse(output(evaluate + " --invert --format json"))["warnings"][0].get<std::string>(),
                 remark);
  for (const std::string& file : {logits, activations})
    CHECK_THAT(io::read_attributes(file).at("warnings"), Contains("Assumed"));
}

TEST_CASE("the flag leaves outputs of a right file as they are, but for the option that JSON records") {
  const TemporaryFolder folder;
  const std::string good = write_model(folder, "good.h5"), other = write_model(folder, "other.h5");
  for (const std::string format : {"table", "csv"})
    CHECK(output("analyze --assume-toeplitz --format " + format + " " + good) ==
          output("analyze --format " + format + " " + good));
  const std::string compare = " --format json " + good + " --against " + other;
  CHECK(output("compare --assume-toeplitz" + compare) == output("compare" + compare));
  CHECK_FALSE(json::parse(output("analyze --format json " + good))["options"].contains("assume_toeplitz"));
}

TEST_CASE("evaluate leaves no unknown tensor of a block out without a word") {
  const TemporaryFolder folder;
  const std::string tokens = write_tokens(folder), lora = "mixer_blocks.0.channel_mixing_layer.0.lora_A";
  const std::string bad = write_model(folder, "bad.h5", {lora});
  CHECK_THAT(refusal("evaluate " + bad + " --tokens " + tokens), Contains(bad) && Contains(lora));
  CHECK_THAT(output("evaluate --assume-toeplitz --format json " + bad + " --tokens " + tokens),
             Contains(lora + ": unknown, left out"));
  CHECK(run_tmm("analyze " + bad).exit_code == 0);  // its operators are what is stored
  const std::string norm = write_model(folder, "norm.h5", {"final_norm.weight"});
  CHECK_THAT(output("evaluate --format json " + norm + " --tokens " + tokens),
             Contains("final_norm.weight: unknown, left out"));
}

TEST_CASE("a block of another class is refused, a dense causal matrix is no kernel, and info says so") {
  const TemporaryFolder folder;
  const std::string other = write_model(folder, "other.h5", {}, [](const std::string& tensor) {
    const std::size_t at = tensor.find("layer.3.");
    return at == std::string::npos ? tensor : tensor.substr(0, at) + "layer.2." + tensor.substr(at + 8);
  });
  CHECK_THAT(refusal("analyze " + other), Contains("channel_mixing_layer.2") && Contains("repeat mixers"));
  CHECK_THAT(without_breaks(output("info " + other)), Contains("repeat mixers"));

  const std::string dense = folder.file("dense.h5"), weight = "mixer_blocks.0.token_mixing_layer.weight";
  io::ArrayWriter file(dense);
  std::vector<float> values(64, 0.0F);
  for (std::size_t t = 0; t < 8; ++t)
    for (std::size_t s = 0; s <= t; ++s) values[8 * t + s] = 1.0F + static_cast<float>(s * t);
  file.dataset(weight, std::vector<std::size_t>{8, 8}, values);
  file.finish();
  CHECK_THAT(without_breaks(output("analyze " + dense)), Contains("a dense causal matrix, not Toeplitz"));
  CHECK_THAT(without_breaks(output("info " + dense)), Contains("1 causal matrix of (8, 8), not Toeplitz"));
  CHECK_THAT(without_breaks(output("analyze --assume-toeplitz --spectrum none " + dense)),
             Contains("dense matrix (8, 8)") && Contains("Assumed"));
}

TEST_CASE("a trajectory with unknown tensors is refused, and the assumption is told") {
  const TemporaryFolder folder;
  const std::string good = write_model(folder, "good.h5"), path = folder.file("t.h5");
  {
    io::ArrayWriter file(path);
    const std::vector<std::size_t> shape{1, 3}, one{1};
    for (const std::string step : {"0", "100"}) {
      file.dataset(step + "/mixer_blocks.0.token_mixing_layer.weight", shape, std::vector<float>{1, 2, 3});
      file.dataset(step + "/mixer_blocks.0.token_mixing_layer.decay_value", one, std::vector<float>{1});
    }
    file.finish();
  }
  const std::string compare = good + " " + path + " --against " + good;
  CHECK_THAT(refusal("compare " + compare), Contains(path + ", step 0") && Contains("decay_value"));
  CHECK_THAT(without_breaks(output("compare --assume-toeplitz " + compare)),
             Contains(path + ": Assumed") && Contains("decay_value"));
  CHECK_THAT(refusal("analyze " + path), Contains("trajectory") && Contains("tmm compare"));
}

TEST_CASE("wrappers around names: the results are those of the bare names, and info says what came off") {
  const TemporaryFolder folder;
  const std::string bare = write_model(folder, "bare.h5"), tokens = write_tokens(folder);
  const auto [prefix, inside] = GENERATE(table<std::string, std::string>({
      {"_orig_mod.", ""},
      {"", "_orig_mod."},
      {"_fsdp_wrapped_module.", "_fsdp_wrapped_module._checkpoint_wrapped_module."},
      {"model.", ""},
      {"net.module.", ""},
      {"base_model.model.", ""},
  }));
  CAPTURE(prefix, inside);
  const std::string file = write_model(
      folder, "wrapped.h5", {}, [&, &before = prefix, &within = inside](const std::string& tensor) {
        const std::size_t block = tensor.find("mixer_blocks.") == 0 ? tensor.find('.', 13) + 1 : 0;
        return before + tensor.substr(0, block) + (block > 0 ? within : "") + tensor.substr(block);
      });
  const json a = json::parse(output("analyze --format json " + bare)),
             b = json::parse(output("analyze --format json " + file));
  CHECK(a["models"][0]["operators"] == b["models"][0]["operators"]);
  const auto loss = [&](const std::string& path) {
    return json::parse(output("evaluate --format json " + path + " --tokens " + tokens))["loss"];
  };
  CHECK(loss(bare) == loss(file));
  const std::string first = (prefix + inside).substr(0, (prefix + inside).find('.') + 1);
  CHECK_THAT(output("info " + file), Contains("wrapper") && Contains(first) && Contains("taken off"));
  CHECK_THAT(output("info " + bare), !Contains("wrapper"));
}

TEST_CASE("weights and their moving average: those at the top are used, every output names the copy") {
  const TemporaryFolder folder;
  const std::string bare = write_model(folder, "bare.h5"), tokens = write_tokens(folder);
  const std::string both = folder.file("both.h5");
  {
    io::ArrayWriter file(both);
    const model::StateDict state = test::random_state("flat");
    for (const auto& [tensor, value] : state.tensors()) {
      file.dataset(tensor, value.info.shape, value.as_double());
      file.dataset("ema." + tensor, value.info.shape, std::vector<double>(value.info.size(), 0.25));
    }
    file.finish();
  }
  const Words copy{"ema.", "not used"};
  const json a = json::parse(output("analyze --format json " + bare)),
             b = json::parse(output("analyze --format json " + both));
  CHECK(a["models"][0]["operators"] == b["models"][0]["operators"]);
  check_contains(b["models"][0]["warnings"].dump(), copy);
  check_contains(without_breaks(output("analyze " + both)), copy);
  check_contains(output("analyze --format csv " + both), copy);
  check_contains(without_breaks(output("compare " + both + " --against " + bare)), copy);
  check_contains(without_breaks(output("evaluate " + both + " --tokens " + tokens)), copy);
  check_contains(output("info " + both), copy);
  CHECK_THAT(output("info " + both), !Contains("unknown"));
}

TEST_CASE("the field's files: look-alikes are refused, wrapped ones give the index of the bare network") {
  if (test::shared_file("field/srm_decay.safetensors").empty()) {
    WARN("skipped: reference material is not here");
    return;
  }
  const auto field = [](const std::string& name) {
    return test::shared_file("field/" + name + ".safetensors");
  };
  CHECK_THAT(refusal("analyze " + field("srm_decay")), Contains("decay_value") && Contains("repeat mixer"));
  CHECK_THAT(refusal("analyze " + field("loralib")), Contains("lora_A") && Contains("merged"));
  for (const std::string name : {"srm_decay", "loralib"})
    CHECK_THAT(refusal("evaluate " + field(name) + " --tokens " + test::shared_file("field/tok.h5")),
               Contains("--assume-toeplitz"));
  const auto operators = [&](const std::string& name) {
    return json::parse(output("analyze --format json " + field(name)))["models"][0]["operators"];
  };
  // In a TMM's own blocks it is known what the network does with them.
  CHECK_THAT(without_breaks(
                 output("evaluate " + field("dense_nn") + " --tokens " + test::shared_file("field/tok.h5"))),
             Contains("perplexity") && Contains("dense causal matrices"));
  for (const json& op : operators("dense_nn")) {
    CHECK(op["kind"] == "dense causal");
    CHECK(op["winding"]["number"].is_null());
    CHECK(op["measures"]["sigma_min"]["status"] == "numerical");
    CHECK(op["measures"].contains("toeplitz_distance"));
  }
  const json bare = operators("p_orig");
  CHECK(bare.size() == 2);
  for (const std::string name : {"p_fsdp", "p_model", "p_peft", "p_blockcompile", "p_ema_top"})
    CHECK(operators(name) == bare);
  CHECK_THAT(without_breaks(output("analyze " + field("p_model"))), Contains("names below \"model.\""));
}
