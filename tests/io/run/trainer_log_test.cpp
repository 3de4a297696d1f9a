// SPDX-License-Identifier: MIT
#include "io/run/trainer_log.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "io/run/checkpoint_run.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::TemporaryFolder;

namespace {

std::string write_log(const TemporaryFolder& folder, const std::string& text) {
  std::ofstream(folder.file("trainer_state.json"), std::ios::binary) << text;
  return folder.file("trainer_state.json");
}

}  // namespace

TEST_CASE("a trainer's log: losses by step, what is no number is none, further members are left alone") {
  const TemporaryFolder folder;
  const auto log = io::read_trainer_log(write_log(folder, R"({"global_step": 20, "best": -Infinity,
      "text": "NaN \" Infinity", "log_history": [
      {"step": 5, "loss": 3.5, "learning_rate": 1e-3, "grad_norm": NaN, "epoch": 0.1},
      {"step": 10, "loss": 3.25, "grad_norm": Infinity},
      {"step": 10, "eval_loss": 3.125, "eval_runtime": 1.5, "eval_held_out_loss": 4},
      {"step": 20, "train_loss": 3.4, "train_runtime": 9.5, "total_flos": 1e18}]})"));
  using Column = std::map<std::uint64_t, double>;
  CHECK(log.columns.at("train_loss") == Column{{5, 3.5}, {10, 3.25}});
  CHECK(log.columns.at("validation_loss") == Column{{10, 3.125}});
  CHECK(log.columns.at("validation_loss_held_out") == Column{{10, 4}});
  CHECK(log.columns.at("learning_rate") == Column{{5, 1e-3}});
  CHECK(std::isnan(log.columns.at("gradient_norm").at(5)));
  CHECK(log.columns.size() == 5);
}

TEST_CASE("a trainer's log that is none is refused, naming file and place") {
  const TemporaryFolder folder;
  const auto [text, words] = GENERATE(table<std::string, std::string>({
      {"", "not JSON"},
      {"[]", "unexpected value"},
      {"{}", "log_history"},
      {R"({"log_history": {}})", "expected an array"},
      {R"({"log_history": [{"loss": 1}]})", "step"},
      {R"({"log_history": [{"step": -1, "loss": 1}]})", "log_history[0].step"},
      {R"({"log_history": [{"step": 1.5, "loss": 1}]})", "log_history[0].step"},
      {R"({"log_history": [{"step": 1, "loss": "low"}]})", "log_history[0].loss"},
      {R"({"log_history": [{"step": 1, "step": 2, "loss": 1}]})", "twice"},
      {R"({"log_history": [{"step": 1, "loss": nan}]})", "not JSON"},
      {R"({"log_history": [)", "not JSON"},
  }));
  CAPTURE(text);
  const std::string path = write_log(folder, text);
  CHECK_THROWS_AS(io::read_trainer_log(path), FormatError);
  CHECK_THROWS_WITH(io::read_trainer_log(path), Contains("trainer_state.json") && Contains(words));
}

TEST_CASE("the Trainer's own run: both checkpoints, and the log of the newest") {
  const std::string folder = test::shared_file("families/hf_trainer_run");
  if (folder.empty()) {
    WARN("skipped: reference material is not here");
    return;
  }
  const auto run = io::read_checkpoint_run(folder, "", model::Contradictions::refuse);
  REQUIRE(run.steps.size() == 2);
  CHECK(run.steps[0].step == 250);
  CHECK(run.steps[1].layers.size() == 16);
  CHECK(run.remarks.empty());
  REQUIRE(run.log);
  CHECK(run.log->columns.at("train_loss").at(62) == 5.738106020035282);
  CHECK(run.log->columns.at("validation_loss").at(250) == 2.27231502532959);
  CHECK(run.log->columns.at("validation_loss").rbegin()->first == 500);
}
