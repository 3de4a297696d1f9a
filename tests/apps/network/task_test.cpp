// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "apps/train_runs.hpp"
#include "io/hdf5/array_file.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

namespace {

const std::string quick =
    "--dim 16 --blocks 1 --batch 16 --report-every 0 --index-every 0 --eval-every 0 --threads 1 ";

nlohmann::json evaluated(const std::string& arguments) {
  const auto result = run_tmm("evaluate " + arguments + " --format json");
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  return nlohmann::json::parse(result.out);
}

std::vector<float> weights(const std::string& run) {
  return io::read_array<float>(run + "/model.h5", "output_layer.weight").values;
}

std::string evaluation_error(const std::string& arguments) {
  const auto result = run_tmm("evaluate " + arguments);
  CHECK(result.exit_code != 0);
  return result.err;
}

}  // namespace

TEST_CASE("a small model learns to copy, says so at its end, and copies sequences that it has not seen") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  const auto result = train(quick + "--task copy --vocabulary 4 --context 8 --steps 600 -o " + out);
  CHECK_THAT(result.out,
             Contains("objective copy") && Contains("chance            25%;") && Contains("Wilson"));
  const auto end = nlohmann::json::parse(read_text(out + "/result.json"));
  CHECK(end["steps"] == 600);
  CHECK(end["task"]["name"] == "copy");
  CHECK(end["task"]["accuracy"].get<double>() > 0.99);
  const auto first = evaluated(out + "/model.h5 --task copy");
  CHECK(first["task"]["accuracy"].get<double>() > 0.99);
  CHECK(first["task"]["by_distance"].size() == 1);
  CHECK(first["task"]["by_distance"][0]["distance"] == 3);
  CHECK(first["tokens"]["sequences"] == 1024);
  CHECK(first["loss"] == evaluated(out + "/model.h5 --task copy")["loss"]);
  CHECK(first["loss"] != evaluated(out + "/model.h5 --task copy --seed 2")["loss"]);
  CHECK(evaluated(out + "/model.h5 --task copy --length 6 --limit 9")["tokens"]["length"] == 6);
}

TEST_CASE("evaluate asks a task in the sizes that the model was trained with, or in others") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run"), model = out + "/model.h5";
  train(quick + "--task induction --pairs 2 --distance 3 --vocabulary 9 --context 16 --steps 3 -q -o " + out);
  const auto same = evaluated(model + " --task induction --limit 20")["task"];
  CHECK(same["pairs"] == 2);
  CHECK(same["distance"] == 3);
  CHECK(same["answers"] == 40);
  CHECK(same["chance"] == 0.25);
  CHECK(same["chance_in_sequence"] == 0.625);
  for (const auto& point : same["by_distance"]) CHECK(point["distance"] >= 4);
  const auto other = evaluated(model + " --task induction --pairs 3 --distance 1 --limit 20")["task"];
  CHECK(other["answers"] == 60);
  CHECK(evaluated(model + " --task selective-copy --limit 5")["task"]["remember"] == 8);
}

TEST_CASE("a run on a task goes on bit for bit, and again by its configuration") {
  const TemporaryFolder folder;
  const std::string task =
      quick + "--task selective-copy --remember 2 --vocabulary 6 --context 12 --steps 20 -q ";
  train(task + "-o " + folder.file("a"));
  train(task + "--stop-at 7 -o " + folder.file("b"));
  CHECK_FALSE(fs::exists(folder.file("b/result.json")));
  train("--resume " + folder.file("b"));
  train("--config " + folder.file("a/config.toml") + " -q -o " + folder.file("c"));
  for (const char* other : {"b", "c"}) {
    CHECK(weights(folder.file("a")) == weights(folder.file(other)));
    CHECK(same_file(folder.file("a/config.toml"), folder.file(other) + "/config.toml"));
    CHECK(same_file(folder.file("a/result.json"), folder.file(other) + "/result.json"));
  }
  CHECK_THAT(read_text(folder.file("a/config.toml")),
             Contains("task = \"selective-copy\"\nremember = 2\n") && !Contains("pairs"));
  train("--random --steps 1 " + quick + "-q -o " + folder.file("d"));
  CHECK_THAT(read_text(folder.file("d/config.toml")),
             !Contains("task") && !Contains("pairs") && !Contains("remember"));
  CHECK_FALSE(fs::exists(folder.file("d/result.json")));
}

TEST_CASE(
    "in-context and copy are asked on a text, and say what its most frequent answer alone would reach") {
  const TemporaryFolder folder;
  const std::string text = folder.file("text.txt"), out = folder.file("run"), model = out + "/model.h5";
  std::string words;
  for (int i = 0; i < 500; ++i) words += i % 4 == 3 ? 'b' : 'a';
  std::ofstream(text) << words;
  const auto result = train(quick + "--task in-context --text " + text + " --context 16 --steps 3 -o " + out);
  CHECK_THAT(result.out, Contains("worth of context") && Contains("late - early"));
  const auto report = evaluated(model + " --task in-context --text " + text);
  const auto& context = report["task"]["context"];
  CHECK(context["early_positions"] == nlohmann::json({1, 2}));
  CHECK(context["late_positions"] == nlohmann::json({13, 14}));
  double early = 0, late = 0;
  for (const std::size_t t : {1U, 2U}) early += report["loss_by_position"][t].get<double>() / 2;
  for (const std::size_t t : {13U, 14U}) late += report["loss_by_position"][t].get<double>() / 2;
  CHECK(context["late_minus_early"]["value"].get<double>() == Approx(late - early).margin(1e-12));
  CHECK(report["task"]["chance"].get<double>() == Approx(0.75).margin(0.03));
  const auto copied = evaluated(model + " --task copy --text " + text)["task"];
  CHECK(copied["seed"].is_null());
  CHECK(copied["by_distance"][0]["distance"] == 7);
}

TEST_CASE("tasks that cannot be asked are explained") {
  const TemporaryFolder folder;
  const std::string out = " -o " + folder.file("run"), data = TMM_TEST_DATA;
  CHECK_THAT(error_of("--task translate" + out), Contains("selective-copy, induction or in-context"));
  CHECK_THAT(error_of("--task in-context" + out), Contains("nothing to train on"));
  CHECK_THAT(error_of("--task induction --random" + out), Contains("draws its own sequences"));
  CHECK_THAT(error_of("--task copy --pairs 3" + out), Contains("--pairs") && Contains("--task induction"));
  CHECK_THAT(error_of("--task induction --objective copy" + out), Contains("--objective"));
  CHECK_THAT(error_of("--task copy --objective autoencoder" + out), Contains("--objective"));
  CHECK_THAT(error_of("--task induction --context 12" + out), Contains("--pairs") && Contains("at most 3"));
  CHECK_THAT(error_of("--task selective-copy --vocabulary 3" + out), Contains("--vocabulary"));
  CHECK_FALSE(fs::exists(folder.file("run")));
  train(quick + "--random --context 16 --steps 1 -q" + out);
  const std::string model = folder.file("run/model.h5");
  CHECK_THAT(evaluation_error(model + " --task in-context"), Contains("nothing to evaluate on"));
  CHECK_THAT(evaluation_error(model + " --task copy --remember 2"), Contains("--remember"));
  CHECK_THAT(evaluation_error(model + " --task copy --length 17"), Contains("at most 16"));
  CHECK_THAT(evaluation_error(model + " --task induction --pairs 5"), Contains("--pairs"));
  CHECK_THAT(evaluation_error(model + " --pairs 5"), Contains("--task"));
  train(quick + "--random --objective autoencoder --context 16 --steps 1 -q -o " + folder.file("auto"));
  CHECK_THAT(evaluation_error(folder.file("auto/model.h5") + " --task copy"), Contains("an autoencoder"));
}

TEST_CASE("a small model learns associative recall better than a guess among the answers", "[slow]") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  train(
      "--task induction --pairs 2 --vocabulary 9 --dim 32 --context 24 --blocks 2 --steps 1500 --index-every "
      "0 -q -o " +
      out);
  const auto task = evaluated(out + "/model.h5 --task induction")["task"];
  CHECK(task["interval_95"][0].get<double>() > task["chance_in_sequence"].get<double>());
}
