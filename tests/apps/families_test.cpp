// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "model/checkpoint/families/family_networks.hpp"
#include "support.hpp"

using Catch::Contains;
using nlohmann::json;
using tmm::test::run_tmm, tmm::test::TemporaryFolder;

namespace {

/// A file with these tensors, random.
std::string write_network(const TemporaryFolder& folder, const std::string& name,
                          const tmm::test::Infos& infos) {
  tmm::io::ArrayWriter writer(folder.file(name));
  const auto state = tmm::test::random_state(infos);
  for (const auto& [tensor, value] : state.tensors())
    writer.dataset(tensor, value.info.shape, value.as_float());
  writer.finish();
  return folder.file(name);
}

json analyze(const std::string& arguments) {
  const auto result = run_tmm("analyze " + arguments + " --format json --spectrum none");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return json::parse(result.out)["models"][0];
}

std::vector<int> windings(const json& model) {
  std::vector<int> numbers;
  for (const json& op : model["operators"])
    if (op["winding"]["status"] == "certified") numbers.push_back(op["winding"]["number"]);
  return numbers;
}

/// A model of the shared folder, or a warning that it is not there.
std::string shared_family(const std::string& name) {
  const std::string path = tmm::test::shared_file("families/" + name);
  if (path.empty()) WARN("skipped: no shared folder with families/" + name);
  return path;
}

}  // namespace

TEST_CASE("trained models of every family have the winding numbers that are known of them") {
  const std::string known = tmm::test::shared_file("reference/families_index.json");
  if (known.empty()) {
    WARN("skipped: no shared folder with reference/families_index.json");
    return;
  }
  const json truth = json::parse(tmm::test::read_text(known));
  for (const std::string name :
       {"e001_clm_s1", "e010_mean_clm_s1", "e010_nomean_clm_s1", "info_trained_encoder"}) {
    INFO(name);
    const json model = analyze(tmm::test::shared_file("families/" + name + ".safetensors"));
    CHECK(windings(model) == truth[name]["winding_numbers"].get<std::vector<int>>());
  }
  const json averages = analyze(tmm::test::shared_file("families/ema_clm_s1.safetensors") + " --context 128");
  CHECK(windings(averages) == std::vector<int>(16, 0));
}

TEST_CASE("forward passes of trained families agree with stored ones in both precisions") {
  struct Known {
    std::string name, options;
  };
  for (const auto& [name, options] : {Known{"e001_clm_s1", ""}, Known{"e010_nomean_clm_s1", ""},
                                      Known{"e010_mean_clm_s1", " --mean-normalised"},
                                      Known{"ema_clm_s1", ""}, Known{"info_trained_encoder", ""}}) {
    const std::string path = shared_family(name + ".safetensors");
    if (path.empty()) return;
    const std::string golden = tmm::test::shared_file("families/" + name + ".golden.h5");
    for (const bool twice : {false, true}) {
      INFO(name << (twice ? " float64" : " float32"));
      const auto result = run_tmm("evaluate " + path + " --check " + golden + options + " --format json" +
                                  (twice ? " --precision float64 --tolerance 1e-12" : ""));
      INFO(result.err);
      CHECK(result.exit_code == 0);
      if (result.out.empty()) continue;
      const json found = json::parse(result.out);
      CHECK(found["loss"]["largest_difference"].get<double>() <= (twice ? 1e-12 : 1e-5));
      if (found.contains("logits"))
        CHECK(found["logits"]["largest_difference"].get<double>() <=
              (twice ? 1e-12 : 1e-4) * found["logits"]["scale"].get<double>());
    }
  }
}

TEST_CASE("inversion goes back through every Toeplitz operator of every family, its first step exactly") {
  const TemporaryFolder folder;
  const std::string tokens = folder.file("tokens.h5");
  {
    tmm::io::ArrayWriter writer(tokens);
    std::vector<std::int64_t> ids(24);
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(7 * i % 50);
    writer.dataset("tokens", std::vector<std::size_t>{2, 12}, ids);
    writer.finish();
  }
  for (const auto& [name, infos] : {std::pair("first", tmm::test::first_tmm()),
                                    {"softplus", tmm::test::softplus_heads()},
                                    {"averages", tmm::test::exponential_averages()},
                                    {"retention", tmm::test::information_retention()}}) {
    INFO(name);
    const std::string file = write_network(folder, std::string(name) + ".h5", infos);
    std::vector<std::string> toeplitz, inverted;
    const json model = analyze(file + " --context 12");
    for (const json& op : model["operators"])
      if (!op.contains("kind")) toeplitz.push_back(op["name"]);
    const auto result =
        run_tmm("evaluate " + file + " --context 12 --invert --format json --tokens " + tokens);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    const json report = json::parse(result.out);
    for (const json& op : report["inversion"]["operators"]) {
      inverted.push_back(op["name"]);
      CHECK(op["float64"]["error_by_position"][0].get<double>() < 1e-15);
    }
    CHECK(inverted == toeplitz);
  }
}

TEST_CASE(
    "a mean-normalised network evaluated without the flag is another one, and the output says what was "
    "assumed") {
  const std::string path = shared_family("e010_mean_clm_s1.safetensors");
  if (path.empty()) return;
  const auto result = run_tmm("evaluate " + path + " --check " +
                              tmm::test::shared_file("families/e010_mean_clm_s1.golden.h5"));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.out, Contains("Assumed, as no tensor says it"));
}

TEST_CASE("metrics.json beside a checkpoint answers what no tensor says, a flag goes first") {
  const TemporaryFolder folder;
  const std::string file = write_network(folder, "model.h5", tmm::test::softplus_heads());
  CHECK_THAT(analyze(file)["warnings"].dump(), Contains("Assumed, as no tensor says it"));
  std::ofstream(folder.file("metrics.json")) << R"({"loss": [1.5], "config": {"do_toep_mean": true}})";
  CHECK_THAT(analyze(file)["warnings"].dump(),
             Contains("As metrics.json beside the file (do_toep_mean) says, each row"));
  CHECK_THAT(analyze(file + " --no-mean-normalised")["warnings"].dump(),
             Contains("As --no-mean-normalised says, the rows of a layer are not"));
  for (const char* format : {"table", "csv", "json"})
    CHECK_THAT(run_tmm("analyze " + file + " --spectrum none --format " + format).out,
               Contains("metrics.json beside"));
  CHECK_THAT(run_tmm("info " + file).out, Contains("metrics.json beside"));
  std::ofstream(folder.file("metrics.json")) << R"({"do_toep_mean": "yes"})";
  const auto refused = run_tmm("analyze " + file);
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("metrics.json: do_toep_mean") && Contains("true or false"));
  std::ofstream(folder.file("metrics.json")) << "step,loss\n";  // of something else
  CHECK_THAT(analyze(file)["warnings"].dump(), Contains("Assumed"));
}

TEST_CASE("every family is known to info, analyze, compare and evaluate, and says what must be said of it") {
  const TemporaryFolder folder;
  const auto first = write_network(folder, "first.h5", tmm::test::first_tmm());
  const auto heads = write_network(folder, "heads.h5", tmm::test::softplus_heads());
  const auto averages = write_network(folder, "averages.h5", tmm::test::exponential_averages());
  const auto retention = write_network(folder, "retention.h5", tmm::test::information_retention());
  CHECK_THAT(run_tmm("info " + first).out, Contains("family            first TMM"));
  CHECK_THAT(run_tmm("info " + retention).out, Contains("2 causal matrices of (12, 12), not Toeplitz"));
  CHECK_THAT(run_tmm("analyze " + first + " --null-draws 4 --spectrum none").out,
             Contains("start at zero") && !Contains("z-scores against"));
  CHECK_THAT(run_tmm("analyze " + first + " --spectrum none").out, !Contains("Untrained weights"));
  CHECK_THAT(run_tmm("analyze " + averages + " --spectrum none").out, !Contains("Untrained weights"));
  CHECK_THAT(run_tmm("analyze " + heads + " --spectrum none").out, Contains("Untrained weights"));
  CHECK(analyze(first)["family"] == "first TMM");
  CHECK_THAT(run_tmm("analyze " + heads + " --null-draws 4 --spectrum none").out,
             Contains("z-scores against"));
  CHECK(windings(analyze(averages + " --context 40")) == std::vector<int>(6, 0));
  CHECK(run_tmm("compare " + first + " --against " + heads).exit_code == 0);
  tmm::io::ArrayWriter tokens(folder.file("tokens.h5"));
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 24; ++i) ids.push_back((7 * i) % 50);
  const std::vector<std::size_t> shape{2, 12};
  tokens.dataset("tokens", shape, ids);
  tokens.finish();
  for (const auto& file : {first, heads, averages, retention}) {
    const auto result =
        run_tmm("evaluate " + file + " --tokens " + folder.file("tokens.h5") + " --format json");
    INFO(file << result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(json::parse(result.out)["tokens"]["sequences"] == 2);
  }
}

TEST_CASE("the loss of the copy task counts both halves where a flag says so, and the output says it") {
  const TemporaryFolder folder;
  const auto file = write_network(folder, "tmm.h5", tmm::test::language_model(2, tmm::test::flat_mixing(12)));
  tmm::io::ArrayWriter tokens(folder.file("tokens.h5"));
  const std::vector<std::size_t> shape{1, 12};
  tokens.dataset("tokens", shape, std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6});
  tokens.finish();
  const std::string command = "evaluate " + file + " --tokens " + folder.file("tokens.h5") + " --format json";
  const auto half = run_tmm(command + " --objective copy");
  const auto both = run_tmm(command + " --objective copy --copy-loss-on-both-halves");
  REQUIRE(half.exit_code == 0);
  REQUIRE(both.exit_code == 0);
  CHECK(json::parse(both.out)["loss"] != json::parse(half.out)["loss"]);
  CHECK_THAT(both.out, Contains("As --copy-loss-on-both-halves says"));
  CHECK(run_tmm(command + " --copy-loss-on-both-halves").exit_code == 1);
}

TEST_CASE("tmm train makes networks of the families that have a way back") {
  const TemporaryFolder folder;
  for (const std::string family : {"first-tmm", "softplus-heads --heads 2"}) {
    const std::string run = folder.file(family.substr(0, 5));
    const auto result = run_tmm("train --family " + family +
                                " --random --dim 8 --context 16 --blocks 2 --steps 30 --index-every 10 "
                                "--learning-rate 0.01 -o " +
                                run);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK_THAT(tmm::test::read_text(run + "/config.toml"), Contains("family = \"" + family.substr(0, 5)));
    const json model = analyze(run + "/model.h5");
    CHECK_THAT(model["architecture"].get<std::string>(),
               Contains(family.starts_with("first") ? "first TMM" : "softplus heads"));
  }
  const auto refused = run_tmm("train --family exponential-averages --random -o " + folder.file("no"));
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("no new networks of this family"));
}
