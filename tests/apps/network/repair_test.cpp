// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "io/hdf5/array_file.hpp"
#include "support.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

namespace {

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";

CommandResult repair(const std::string& arguments) {
  auto result = run_tmm("repair " + arguments);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return result;
}

nlohmann::json winding_numbers(const std::string& file) {
  const auto result = run_tmm("analyze -q --measures winding_number --format json " + file);
  REQUIRE(result.exit_code == 0);
  const auto report = nlohmann::json::parse(result.out);
  nlohmann::json numbers;
  for (const auto& layer : report["models"][0]["operators"]) numbers.push_back(layer["winding"]["number"]);
  return numbers;
}

}  // namespace

TEST_CASE("tmm repair: what it prints is what tmm analyze finds in the file that it writes") {
  const TemporaryFolder folder;
  const std::string out = folder.file("out.h5");
  const auto before = winding_numbers(clm);
  for (const auto& [target, expected] : std::vector<std::pair<std::string, int>>{
           {"minimum-phase", 0}, {"maximum-phase", 255}, {"index=4", 4}}) {
    const auto report =
        nlohmann::json::parse(repair(clm + " --force --format json --to " + target + " -o " + out).out);
    CHECK(report["to"] == target);
    CHECK(report["operators"] == report["layers"].size());
    const auto after = winding_numbers(out);
    for (std::size_t i = 0; i < report["layers"].size(); ++i) {
      const auto& layer = report["layers"][i];
      CHECK(layer["winding_number_before"]["value"] == before[i]);
      CHECK(layer["winding_number_after"]["value"] == after[i]);
      CHECK(after[i] == expected);
      CHECK(layer["modulus_error"].get<double>() < 1e-6);
      CHECK(layer["truncated"].get<double>() < 1e-11);
    }
  }
  CHECK_THAT(io::read_attributes(out).at("repaired"), Contains("index=4: ") && Contains("SHA-256"));
}

TEST_CASE("tmm repair --layers leaves the others alone, and fits into 80 columns") {
  const TemporaryFolder folder;
  const std::string out = folder.file("out.h5");
  const auto result = repair(clm + " --layers 0,3 -o " + out);
  const auto before = winding_numbers(clm), after = winding_numbers(out);
  for (std::size_t i = 0; i < before.size(); ++i)
    CHECK(after[i] == (i == 0 || i == 3 ? nlohmann::json(0) : before[i]));
  CHECK_THAT(result.out, Contains("2 of 8 operators changed"));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("file") && !line.starts_with("written"))
      CHECK(line.size() <= 90);  // bytes: ± has two
}

TEST_CASE("tmm repair --evaluate: the loss of the written file is that of all layers together") {
  const std::string model = shared_file("checkpoints/clm_flat.h5"),
                    tokens = shared_file("checkpoints/tokens_8k.h5");
  if (model.empty()) {
    WARN("skipped: the reference material is not here");
    return;
  }
  const TemporaryFolder folder;
  const std::string out = folder.file("out.h5"), on = tokens + " --limit 6 --format json";
  const auto report = nlohmann::json::parse(repair(model + " -o " + out + " --evaluate " + on).out);
  const auto& effects = report["effects"];
  const auto loss = [&](const std::string& file) {
    return nlohmann::json::parse(run_tmm("evaluate " + file + " --tokens " + on).out)["loss"];
  };
  CHECK(effects["loss_before"].get<double>() == Approx(loss(model).get<double>()).epsilon(1e-12));
  CHECK(effects["loss_after"].back()["repaired"].is_null());
  CHECK(effects["loss_after"].back()["loss"].get<double>() == Approx(loss(out).get<double>()).epsilon(1e-12));
  CHECK(effects["sequences"] == 6);
}

TEST_CASE("tmm repair --report: what it prints, beside the checkpoint, in the form that the name ends in") {
  const TemporaryFolder folder;
  const std::string out = folder.file("out.h5"), as = clm + " --layers 0,3 --force -o " + out + " --report ";
  const std::string table = repair(as + folder.file("r.txt")).out,
                    json = repair(as + folder.file("r.json") + " --format json").out;
  CHECK(table == read_text(folder.file("r.txt")));
  CHECK(json == read_text(folder.file("r.json")));
  CHECK_THAT(repair(as + folder.file("r.JSON")).out, Contains("2 of 8 operators changed"));
  CHECK(json == read_text(folder.file("r.JSON")));
  const auto made = run_tmm("repair " + as + folder.file("r.html"));
  if (made.err.find("without its chart library") != std::string::npos) return;
  REQUIRE(made.exit_code == 0);
  CHECK_THAT(read_text(folder.file("r.html")), Catch::StartsWith("<!DOCTYPE html>"));
}

TEST_CASE("tmm repair refuses what it cannot do") {
  const TemporaryFolder folder;
  const std::string out = folder.file("out.h5");
  const auto refused = [&](const std::string& arguments, int code, const std::string& words) {
    const auto result = run_tmm("repair " + arguments);
    CAPTURE(arguments, result.err);
    CHECK(result.exit_code == code);
    CHECK_THAT(result.err, Contains(words));
    CHECK_FALSE(fs::exists(out));
  };
  refused(clm, 2, "--output");
  refused(clm + " -o " + out + " --to index", 2, "index=K");
  refused(clm + " -o " + out + " --to index=256", 1, "at most 255");
  refused(clm + " -o " + out + " --layers 9", 1, "9");
  refused(clm + " -o " + clm + " --force", 1, "input");
  refused(folder.file("absent.h5") + " -o " + out, 1, "absent.h5");
  refused(clm + " -o " + out + " --evaluate " + folder.file("absent.h5"), 1, "no network to run");
  refused(clm + " -o " + out + " --evaluate a --evaluate-text b", 2, "exclude");
  refused(clm + " -o " + out + " --report x.csv", 2, ".html, .json or .txt");
  refused(clm + " -o " + out + " --report ''", 2, ".html, .json or .txt");
  refused(clm + " -o " + out + ".json --report " + out + ".json", 1, "one file");
  std::ofstream(folder.file("there.json")) << "mine";
  refused(clm + " -o " + out + " --report " + folder.file("there.json"), 1, "exists already");
}
