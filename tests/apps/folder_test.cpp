// SPDX-License-Identifier: MIT
// Folders where a checkpoint is accepted, and the way that a folder of checkpoints tells.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "io/hdf5/array_file.hpp"
#include "io/report/text_layout.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using nlohmann::json;
using test::read_text, test::run_tmm, test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

/// A small network, its Toeplitz weights times `factor` beyond the first tap.
void write_network(const std::string& path, double factor, const std::string& variant = "flat") {
  fs::create_directories(fs::path(path).parent_path());
  io::ArrayWriter file(path);
  const model::StateDict state = test::random_state(variant);
  for (const auto& [tensor, value] : state.tensors()) {
    auto values = value.as_double();
    if (tensor.find("token_mixing_layer") != std::string::npos)
      for (std::size_t i = 1; i < values.size(); ++i) values[i] *= factor;
    file.dataset(tensor, value.info.shape, values);
  }
  file.finish();
}

/// checkpoint-10, checkpoint-20 and checkpoint-100 of one run, with the log of a trainer.
std::string write_run(const TemporaryFolder& folder) {
  write_network(folder.file("run/checkpoint-10/model.h5"), 1);
  write_network(folder.file("run/checkpoint-20/model.h5"), 0.1);
  write_network(folder.file("run/checkpoint-100/model.h5"), 0.01);
  std::ofstream(folder.file("run/checkpoint-100/trainer_state.json"))
      << R"({"log_history": [{"step": 5, "loss": 3.5}, {"step": 20, "eval_loss": 3.25},
             {"step": 60, "loss": 3.0, "grad_norm": NaN}]})";
  return folder.file("run");
}

std::string output(const std::string& arguments) {
  const auto result = run_tmm(arguments);
  INFO(arguments);
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

std::string write_tokens(const TemporaryFolder& folder) {
  io::ArrayWriter file(folder.file("tokens.h5"));
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < 42; ++i) ids.push_back(i * i % 29);
  file.dataset("tokens", std::vector<std::size_t>{2, 21}, ids);
  file.finish();
  return folder.file("tokens.h5");
}

const std::string remark = "checkpoint-100/model.h5, the newest of 3 checkpoints (steps 10 to 100)";

}  // namespace

TEST_CASE("a folder is a checkpoint to every command, and every output says what of it was taken") {
  const TemporaryFolder folder;
  const std::string run = write_run(folder), file = run + "/checkpoint-100/model.h5";
  CHECK_THAT(without_breaks(output("info " + run)), Contains(file) && Contains(remark));
  CHECK(json::parse(output("info --format json " + run))["taken"] == remark);
  const json by_folder = json::parse(output("analyze --format json " + run)),
             by_file = json::parse(output("analyze --format json " + file));
  CHECK(by_folder["models"][0]["operators"] == by_file["models"][0]["operators"]);
  CHECK(by_folder["models"][0]["file"] == file);
  CHECK_THAT(by_folder["models"][0]["warnings"].dump(), Contains(remark));
  CHECK(by_file["models"][0]["warnings"].empty());
  CHECK_THAT(output("analyze --format csv " + run), Contains(remark));
  CHECK_THAT(without_breaks(output("analyze " + run)), Contains(remark));
  CHECK_THAT(without_breaks(output("compare " + run + " --against " + file)), Contains(remark));
  const std::string tokens = " --format json --tokens " + write_tokens(folder);
  const json evaluated = json::parse(output("evaluate " + run + tokens));
  CHECK(evaluated["loss"] == json::parse(output("evaluate " + file + tokens))["loss"]);
  CHECK_THAT(evaluated["warnings"].dump(), Contains(remark));
  const auto converted = run_tmm("convert " + run + " " + folder.file("m.safetensors"));
  CHECK(converted.exit_code == 0);
  CHECK_THAT(converted.err, Contains(remark));
  CHECK_THAT(output("analyze --format csv " + folder.file("m.safetensors")), !Contains("warnings"));
  const std::string named = output("analyze --format json " + run + "/checkpoint-20");
  CHECK(json::parse(named)["models"][0]["warnings"].empty());
}

TEST_CASE("no output replaces a file that a folder stands for") {
  const TemporaryFolder folder;
  const std::string run = write_run(folder);
  for (const std::string inside : {"/checkpoint-10/model.h5", "/checkpoint-100/trainer_state.json"}) {
    const std::string before = read_text(run + inside);
    for (const std::string& command :
         {"report " + run, "compare " + run + " --against " + run, "analyze " + run}) {
      const auto result = run_tmm(command + " --force --format csv -o " + run + inside);
      CHECK(result.exit_code == 1);
      CHECK_THAT(result.err, Contains("the output would replace an input file"));
    }
    CHECK(run_tmm("convert --force " + run + " " + run + inside).exit_code == 1);
    CHECK(read_text(run + inside) == before);
  }
}

TEST_CASE("report of a folder of checkpoints: losses of its trainer beside measures, by step") {
  const TemporaryFolder folder;
  const std::string run = write_run(folder);
  const std::string csv = output("report --format csv " + run);
  std::istringstream lines(csv);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream fields(line + ",end");
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  REQUIRE(rows.size() == 6);  // steps 5, 10, 20, 60, 100 below the names
  const auto cell = [&](std::size_t row, const std::string& column) {
    const auto place = std::ranges::find(rows[0], column);
    REQUIRE(place != rows[0].end());
    return rows[row][static_cast<std::size_t>(place - rows[0].begin())];
  };
  const std::vector<std::string> steps{"5", "10", "20", "60", "100"};
  for (std::size_t i = 0; i < steps.size(); ++i) CHECK(cell(i + 1, "step") == steps[i]);
  CHECK(cell(1, "train_loss") == "3.5");
  CHECK(cell(2, "train_loss").empty());
  CHECK(cell(3, "validation_loss") == "3.25");
  CHECK(cell(4, "gradient_norm").empty());
  CHECK(cell(4, "winding_0").empty());
  const std::vector<std::size_t> with_weights{2, 3, 5};
  const std::vector<std::string> names{"checkpoint-10", "checkpoint-20", "checkpoint-100"};
  for (std::size_t k = 0; k < 3; ++k) {
    const json report = json::parse(output("analyze --format json " + run + "/" + names[k]));
    for (const json& op : report["models"][0]["operators"]) {
      const std::string label = std::to_string(op["block"].get<int>());
      const json& measures = op["measures"];
      CHECK(std::stod(cell(with_weights[k], "winding_" + label)) ==
            measures["winding_number"]["value"].get<double>());
      for (const std::string id : {"jensen_defect", "sigma_max"})
        CHECK(std::abs(std::stod(cell(with_weights[k], id + "_" + label)) -
                       measures[id]["value"].get<double>()) <= 20 * measures[id]["error"].get<double>());
    }
  }
  std::ofstream(folder.file("saved.csv")) << csv;
  CHECK(output("report --format csv " + folder.file("saved.csv")) == csv);
  const std::string table = output("report " + run);
  CHECK_THAT(table, Contains("loss") && Contains("3.25") && Contains("100"));
  std::istringstream printed(table);
  for (std::string line; std::getline(printed, line);) CHECK(io::display_width(line) <= 80);
  const auto page = run_tmm("report " + run + " -o " + folder.file("p.html"));
  if (page.exit_code == 0)
    CHECK_THAT(read_text(folder.file("p.html")), Contains("jensen_defect_0") && Contains("train_loss"));
  else
    WARN("this build has no page");
  CHECK_THAT(run_tmm("report --format json " + run).err, Contains("table, CSV or page"));
}

TEST_CASE("compare of a folder of checkpoints: its way by step, with the losses beside the indices") {
  const TemporaryFolder folder;
  const std::string run = write_run(folder);
  const std::string compare = "compare " + run + " --against " + run + "/checkpoint-10";
  const json report = json::parse(output(compare + " --format json"));
  const json& trajectory = report["a"]["trajectories"][0];
  REQUIRE(trajectory["points"].size() == 3);
  CHECK(trajectory["points"][0]["step"] == 10);
  CHECK(trajectory["points"][2]["step"] == 100);
  const json last = json::parse(output("analyze --format json " + run))["models"][0]["operators"];
  for (std::size_t i = 0; i < last.size(); ++i)
    CHECK(trajectory["points"][2]["operators"][i]["winding_number"] ==
          last[i]["measures"]["winding_number"]["value"]);
  CHECK(trajectory["logged"]["train_loss"] == json::parse("[[5, 3.5], [60, 3.0]]"));
  CHECK(trajectory["logged"]["gradient_norm"] == json::parse("[[60, null]]"));
  CHECK(report["b"]["trajectories"].empty());
  const std::string table = output(compare);
  CHECK_THAT(table, Contains("by training step") && Contains("valid. loss") && Contains("3.25"));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) CHECK(io::display_width(line) <= 80);
}

TEST_CASE("a run with a gap, a broken log or another network in it: said, or refused by name") {
  const TemporaryFolder folder;
  const std::string run = write_run(folder);
  fs::create_directories(run + "/checkpoint-200");
  std::ofstream(run + "/checkpoint-100/trainer_state.json") << "{";
  const std::string csv = output("report --format csv " + run);
  CHECK_THAT(csv, Contains(",remarks\n") && Contains("No weights in checkpoint-200") &&
                      Contains("Losses are left out") && Contains("trainer_state.json: not JSON"));
  CHECK_THAT(without_breaks(output("report " + run)), Contains("No weights in checkpoint-200"));
  std::ofstream(folder.file("saved.csv")) << csv;
  CHECK(output("report --format csv " + folder.file("saved.csv")) == csv);
  write_network(run + "/checkpoint-200/model.h5", 1, "heads");
  const auto refused = run_tmm("report " + run);
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("checkpoint-200/model.h5: not of the same network"));
  CHECK_THAT(run_tmm("report " + run + "/checkpoint-10").err, Contains("no training run in this folder"));
}

TEST_CASE("one of several copies of a network, by name, in every command and with a remark") {
  const TemporaryFolder folder;
  const std::string bare = folder.file("bare.h5"), both = folder.file("both.h5");
  write_network(bare, 0.1);
  {
    io::ArrayWriter file(both);
    const model::StateDict state = test::random_state("flat");
    for (const auto& [tensor, value] : state.tensors()) {
      auto averaged = value.as_double();
      if (tensor.find("token_mixing_layer") != std::string::npos)
        for (std::size_t i = 1; i < averaged.size(); ++i) averaged[i] *= 0.1;
      file.dataset("model." + tensor, value.info.shape, value.as_double());
      file.dataset("ema_model.module." + tensor, value.info.shape, averaged);
    }
    file.finish();
  }
  for (const std::string command : {"info ", "analyze "}) {
    const auto asked = run_tmm(command + both);
    CHECK(asked.exit_code == 1);
    CHECK_THAT(asked.err, Contains("ema_model., model.") && Contains("--copy model."));
  }
  const std::string chosen = both + " --copy ema_model";
  const json a = json::parse(output("analyze --format json " + bare)),
             b = json::parse(output("analyze --format json " + chosen));
  CHECK(a["models"][0]["operators"] == b["models"][0]["operators"]);
  const std::string words = "below \"ema_model.\" in the file, as --copy asks";
  CHECK_THAT(b["models"][0]["warnings"][0].get<std::string>(), Contains(words));
  CHECK_THAT(without_breaks(output("analyze " + chosen)), Contains(words));
  CHECK_THAT(without_breaks(output("info " + chosen)), Contains(words) && !Contains("not used"));
  CHECK_THAT(without_breaks(output("compare " + chosen + " --against " + both)), Contains(words));
  const std::string tokens = " --format json --tokens " + write_tokens(folder);
  const json evaluated = json::parse(output("evaluate " + chosen + tokens));
  CHECK(evaluated["loss"] == json::parse(output("evaluate " + bare + tokens))["loss"]);
  CHECK_THAT(evaluated["warnings"].dump(), Contains("ema_model."));
  CHECK_THAT(run_tmm("convert " + chosen + " " + folder.file("ema.safetensors")).err, Contains(words));
  CHECK(json::parse(
            output("analyze --format json " + folder.file("ema.safetensors")))["models"][0]["operators"] ==
        a["models"][0]["operators"]);
  CHECK_THAT(run_tmm("info --copy ema " + both).err, Contains("no blocks of a network below \"ema.\""));
}

TEST_CASE("info of a folder of 200 checkpoints opens the one that it is about") {
  const TemporaryFolder folder;
  write_network(folder.file("run/checkpoint-200/model.h5"), 1);
  for (int step = 1; step < 200; ++step) {  // no checkpoint at all: whoever opened one would say so
    const std::string entry = folder.file("run/checkpoint-" + std::to_string(step));
    fs::create_directories(entry);
    std::ofstream(entry + "/model.h5") << "not HDF5";
  }
  CHECK_THAT(without_breaks(output("info " + folder.file("run"))),
             Contains("checkpoint-200/model.h5, the newest of 200 checkpoints (steps 1 to 200)"));
}

TEST_CASE("the field's folders: a Trainer's run, accelerate's, and one of torch.distributed.checkpoint") {
  const std::string run = test::shared_file("families/hf_trainer_run");
  if (run.empty()) {
    WARN("skipped: reference material is not here");
    return;
  }
  const std::string accelerate = test::shared_file("forms/accelerate");
  CHECK(json::parse(output("analyze --format json " + accelerate))["models"][0]["operators"] ==
        json::parse(output("analyze --format json " +
                           test::shared_file("forms/nested_truth.safetensors")))["models"][0]["operators"]);
  CHECK_THAT(without_breaks(output("info " + run)), Contains("beside it 2 checkpoints (steps 250 to 500)"));
  CHECK_THAT(output("report " + run), Contains("250") && Contains("2.272") && Contains("2.094"));
  const auto refused = run_tmm("info " + test::shared_file("forms/dcp"));
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.err, Contains("torch.distributed.checkpoint") && Contains("dcp_to_torch_save"));
}
