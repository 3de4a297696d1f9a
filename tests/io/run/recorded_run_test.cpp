// SPDX-License-Identifier: MIT
#include "io/run/recorded_run.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using test::TemporaryFolder;

namespace {

/// A folder with a network and these metrics.
std::string run_with(const TemporaryFolder& folder, const std::string& metrics) {
  std::filesystem::copy_file(TMM_TEST_DATA "/clm_flat_toeplitz.h5", folder.file("model.h5"));
  std::ofstream(folder.file("metrics.csv")) << metrics;
  return folder.path().string();
}

}  // namespace

TEST_CASE("a run is read with its losses, costs, parameters, and what it was trained on") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("config.toml")) << "# data\nobjective = \"clm\"\ntask = \"induction\"\npairs = "
                                               "4\nvocabulary = 64\ncontext = 32\nseed = 3\n";
  const io::RecordedRun run = io::read_recorded_run(
      run_with(folder,
               "step,train_loss,validation_loss,winding_0,seconds,flops,peak_bytes\n0,,4,1,0,0,100\n"
               "5,3,,,1,50,200\n10,2,2.5,1,2,100,300\n"));
  REQUIRE(run.costs.points.size() == 2);  // where a validation loss is
  CHECK(run.costs.points[1].step == 10);
  CHECK(run.costs.points[1].loss == 2.5);
  CHECK(run.costs.points[1].flops == 100);
  CHECK(run.costs.points[1].seconds == 2);
  CHECK(run.costs.points[1].peak_bytes == 300);
  CHECK(run.costs.parameters == 4096);  // 8 blocks of 256 taps and 256 biases
  CHECK(run.trained_on == "objective clm, task induction, pairs 4, vocabulary 64, context 32");
  CHECK(run.outcomes.empty());
}

TEST_CASE("metrics from before costs were recorded are read, with costs that are not known") {
  const TemporaryFolder folder;
  const io::RecordedRun run = io::read_recorded_run(
      run_with(folder, "step,train_loss,validation_loss,winding_0\n0,,4,1\n10,2,3,1\n"));
  REQUIRE(run.costs.points.size() == 2);
  CHECK(run.costs.points[1].loss == 3);
  CHECK(std::isnan(run.costs.points[1].flops));
  CHECK(std::isnan(run.costs.points[1].peak_bytes));
  CHECK(run.trained_on.empty());
}

TEST_CASE("what a model can do is in its result and in its evaluations, which go first") {
  const TemporaryFolder folder;
  const std::string path = run_with(folder, "step,validation_loss\n0,4\n");
  std::filesystem::create_directory(folder.file("evaluations"));
  std::ofstream(folder.file("result.json")) << R"({"task": {"name": "copy", "accuracy": 0.25}})";
  std::ofstream(folder.file("evaluations/i.json")) << R"({"task": {"name": "induction", "accuracy": 0.5}})";
  std::ofstream(folder.file("evaluations/r.json")) << R"({"retention": {"bits_recovered": 1.5}})";
  using Outcomes = std::map<std::string, double>;
  CHECK(io::read_recorded_run(path).outcomes ==
        Outcomes{{"bits recovered", 1.5}, {"copy accuracy", 0.25}, {"induction accuracy", 0.5}});
  std::ofstream(folder.file("evaluations/c.json")) << R"({"task": {"name": "copy", "accuracy": null}})";
  CHECK(io::read_recorded_run(path).outcomes.at("copy accuracy") == 0.25);
  std::ofstream(folder.file("evaluations/c.json")) << R"({"task": {"name": "copy", "accuracy": 1}})";
  CHECK(io::read_recorded_run(path).outcomes.at("copy accuracy") == 1);
  std::ofstream(folder.file("evaluations/j.json"))
      << R"({"jacobian": {"outcomes": {"z effective rank": 7.5, "stream log10 sigma_min": null}}})";
  CHECK(io::read_recorded_run(path).outcomes.at("z effective rank") == 7.5);
  CHECK(io::read_recorded_run(path).outcomes.count("stream log10 sigma_min") == 0);
  std::ofstream(folder.file("evaluations/k.json")) << R"({"jacobian": {"outcomes": 3}})";
  CHECK(io::read_recorded_run(path).outcomes.size() == 4);
  std::ofstream(folder.file("evaluations/broken.json")) << "{";
  CHECK_THROWS_WITH(io::read_recorded_run(path),
                    Catch::Contains("broken.json") && Catch::Contains("not JSON"));
}
