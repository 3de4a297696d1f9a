// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "apps/train_runs.hpp"
#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/run/training_state.hpp"
#include "io/run/trajectory.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/network/tmm.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

TEST_CASE("train prints a report, writes its files, and evaluate finds the same loss") {
  const TemporaryFolder folder;
  const auto result = train(forty + "-o " + folder.file("run"));
  CHECK_THAT(result.out, Contains("2 Toeplitz operators (free, reference), objective clm") &&
                             Contains("winding numbers N") && Contains("done: "));
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    if (line.find(folder.path().string()) == std::string::npos) CHECK(line.size() <= 80);
  for (const char* name : {"model.h5", "state.h5", "metrics.csv", "trajectory.h5", "config.toml"})
    CHECK(fs::exists(folder.file("run") + "/" + name));
  const auto metrics = read_text(folder.file("run/metrics.csv"));
  CHECK(std::count(metrics.begin(), metrics.end(), '\n') == 6);
}

TEST_CASE("text trains a byte model, its validation loss is what evaluate computes on the end of the text") {
  const TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 700; ++i) text += "line " + std::to_string(i * i % 97) + " of a text\n";
  const std::size_t middle = text.size() - (text.size() + 9) / 10;
  std::ofstream(folder.file("a.txt"), std::ios::binary) << text.substr(0, 5000);
  std::ofstream(folder.file("b.txt"), std::ios::binary) << text.substr(5000);
  std::ofstream(folder.file("tail.txt"), std::ios::binary) << text.substr(middle);
  for (const std::string objective : {"clm", "copy", "autoencoder"}) {
    const std::string out = folder.file(objective);
    train("--objective " + objective + " --text " + folder.file("a.txt") + " " + folder.file("b.txt") +
          " --validation 0.1 --dim 8 --context 16 --blocks 1 --batch 4 --steps 20 --eval-sequences 100000 -q "
          "-o " +
          out);
    const auto evaluated = run_tmm("evaluate " + out + "/model.h5 --batch 4 --text " +
                                   folder.file("tail.txt") + " --format json");
    REQUIRE(evaluated.exit_code == 0);
    const auto report = nlohmann::json::parse(evaluated.out);
    CHECK(report["objective"] == objective);
    std::istringstream last(read_text(out + "/metrics.csv"));
    std::string line, cell;
    while (std::getline(last, cell)) line = cell;
    std::istringstream cells(line);
    for (int i = 0; i < 3; ++i) std::getline(cells, cell, ',');
    CHECK(report["loss"].get<double>() == std::stod(cell));
  }
}

TEST_CASE("the same seed makes the same run, on one thread or two, and another seed another") {
  const TemporaryFolder folder;
  train(forty + "-q -o " + folder.file("a"));
  train(tiny + "--steps 40 --threads 2 -q -o " + folder.file("b"));
  train(forty + "--seed 2 -q -o " + folder.file("c"));
  io::read_training_state(folder.file("a/state.h5"));
  const auto weights = [&](const char* name) {
    return io::read_array<float>(folder.file(name) + "/model.h5", "output_layer.weight").values;
  };
  CHECK(weights("a") == weights("b"));
  CHECK(weights("a") != weights("c"));
}

TEST_CASE("a configuration file reproduces a run, flags go before it") {
  const TemporaryFolder folder;
  const std::string name = folder.file("a text, with [brackets].txt");
  std::ofstream(folder.file("b.txt")) << "more text";
  std::ofstream(name) << std::string(3000, 'x') << "some other letters" << std::string(300, 'y');
  train("--text '" + name + "' --text " + folder.file("b.txt") +
        " --dim 6 --context 10 --blocks 1 --heads 3 --expanded --batch 2 --steps 9 --warmup 3 --decay cosine "
        "--clip 0.7 "
        "--weight-decay 0 --learning-rate 0.00123456789012345 --toeplitz minimum-phase --init identity "
        "--seed 18446744073709551615 "
        "--eval-every 4 --index-every 3 -q -o " +
        folder.file("a"));
  const std::string config = folder.file("a/config.toml");
  train("--config " + config + " -q -o " + folder.file("b"));
  CHECK(read_text(folder.file("a/config.toml")) == read_text(folder.file("b/config.toml")));
  CHECK(same_file(folder.file("a/model.h5"), folder.file("b/model.h5")));
  train("--config " + config + " --steps 11 --heads 2 -q -o " + folder.file("c"));
  CHECK_THAT(read_text(folder.file("c/config.toml")),
             Contains("steps = 11\n") && Contains("heads = 2\n") && Contains("clip = 0.7\n"));
  if (python_has("tomllib")) {
    const auto read = run("/usr/bin/python3 -c \"import tomllib; print(tomllib.load(open('" + config +
                          "', 'rb'))['learning-rate'])\"");
    CHECK(read.out == "0.00123456789012345\n");
  }
}

TEST_CASE("configuration files with mistakes are named with their key") {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& toml) {
    std::ofstream(folder.file("c.toml")) << toml;
    const auto error = error_of("--config " + folder.file("c.toml") + " -o " + folder.file("run"));
    CHECK_THAT(error, Contains("c.toml"));
    CHECK_FALSE(fs::exists(folder.file("run")));
    return error;
  };
  CHECK_THAT(message("random = true\ndims = 8\n"), Contains("dims") && Contains("unknown key"));
  CHECK_THAT(message("random = true\noutput = \"x\"\n"), Contains("output") && Contains("unknown key"));
  CHECK_THAT(message("random = true\n[network]\ndim = 8\n"), Contains("no sections"));
  CHECK_THAT(message("random = true\ndim = eight\n"), Contains("line 2") && Contains("not TOML"));
  CHECK_THAT(message("random = true\ndim = 2.5\n"), Contains("dim") && Contains("whole number"));
  CHECK_THAT(message("random = true\ndim = -8\n"), Contains("--dim"));
  CHECK_THAT(message("random = true\ndim = [8, 9]\n"), Contains("several values"));
  CHECK_THAT(error_of("--config " + folder.file("absent.toml") + " -o " + folder.file("run")),
             Contains("absent.toml"));
}

TEST_CASE("wrong flags and files are explained, and nothing is written") {
  const TemporaryFolder folder;
  const std::string out = "-o " + folder.file("run");
  CHECK_THAT(error_of("--random"), Contains("-o DIR"));
  CHECK_THAT(error_of(out), Contains("--text") && Contains("--random"));
  CHECK_THAT(error_of("--random --objective translate " + out), Contains("clm, copy or autoencoder"));
  CHECK_THAT(error_of("--random --heads 3 " + out), Contains("H = 3"));
  CHECK_THAT(error_of("--random --text a " + out), Contains("more than one source"));
  CHECK_THAT(error_of("--text " + folder.file("absent.txt") + " " + out), Contains("absent.txt"));
  CHECK_THAT(error_of("--tokens " + folder.file("absent.h5") + " " + out), Contains("absent.h5"));
  std::ofstream(folder.file("short.txt")) << "too short";
  CHECK_THAT(error_of("--text " + folder.file("short.txt") + " " + out), Contains("128 or more"));
  CHECK_THAT(error_of("--text " + folder.file("short.txt") + " --vocabulary 100 " + out),
             Contains("v = 256"));
  CHECK_FALSE(fs::exists(folder.file("run")));
  CHECK_THAT(error_of("--dim x " + out, 2), Contains("--dim"));
  CHECK_THAT(error_of("--no-such-flag", 2), Contains("--no-such-flag"));
  CHECK_THAT(error_of("--resume a -o b", 2), Contains("--resume"));
  CHECK_THAT(error_of("--resume " + folder.file("run")), Contains("no such folder"));
  CHECK_THAT(error_of("--random -o /proc/run"), Contains("/proc/run"));
}

TEST_CASE("a run is not overwritten unless asked, and goes on only as it has begun") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  train(forty + "--stop-at 15 -q -o " + out);
  CHECK_THAT(error_of(forty + "-o " + out), Contains("--resume") && Contains("--force"));
  CHECK(step_of(out) == 15);
  CHECK_THAT(error_of("--resume " + out + " --steps 50"), Contains("--steps") && Contains("as it has begun"));
  const auto resumed = train("--resume " + out + " --threads 2 --checkpoint-every 5");
  CHECK_THAT(resumed.out, Contains("resumed after step 15 of 40"));
  CHECK(step_of(out) == 40);
  train(forty + "--stop-at 3 --force -q -o " + out);
  CHECK(step_of(out) == 3);
}

TEST_CASE("numpy reads models and trajectories, PyTorch loads models and finds the same loss") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run"), tokens = folder.file("tokens.h5");
  train(forty + "-q -o " + out);
  if (!python_has("h5py")) return;
  const auto read = run(
      "/usr/bin/python3 -c \"import h5py; f = h5py.File('" + out + "/model.h5'); t = h5py.File('" + out +
      "/trajectory.h5'); w = 'mixer_blocks.1.token_mixing_layer.weight'; "
      "print(f.attrs['objective'].decode(), f.attrs['training_steps'], b'steps = 40' in f.attrs['config'], "
      "f[w].dtype, f[w].shape, (t['40'][w][()] == f[w][()]).all(), len(t), len(f))\"");
  INFO(read.err);
  CHECK(read.out == "clm 40 True float32 (1, 16) True 5 22\n");
  if (!python_has("torch")) return;
  io::ArrayWriter file(tokens);
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 160; ++i) ids.push_back(i * i % 61);
  file.dataset("tokens", std::vector<std::size_t>{10, 16}, ids);
  file.finish();
  const auto loaded =
      run("/usr/bin/python3 " TMM_SOURCE_DIR "/tests/apps/load_in_torch.py " + out + "/model.h5 " + tokens);
  INFO(loaded.err);
  REQUIRE(loaded.exit_code == 0);
  const auto report = nlohmann::json::parse(
      run_tmm("evaluate " + out + "/model.h5 --tokens " + tokens + " --format json").out);
  CHECK(std::stod(loaded.out) == Approx(report["loss"].get<double>()).epsilon(1e-5));
}

TEST_CASE("trained models have the names and shapes of PyTorch's state dict in every variant") {
  const std::vector<std::pair<std::string, std::string>> variants{
      {"flat", ""},
      {"heads", "--heads 4"},
      {"expanded", "--expanded"},
      {"heads_expanded", "--heads 2 --expanded"},
      {"kernel", "--kernel 3"},
      {"tied", "--tie"},
      {"autoencoder", "--objective autoencoder"},
      {"autoencoder_heads", "--objective autoencoder --heads 4"}};
  const TemporaryFolder folder;
  for (const auto& [variant, flags] : variants) {
    INFO(variant);
    const auto reference = test::shared_file("reference/variants/" + variant + ".h5");
    if (reference.empty()) {
      WARN(variant << ": reference material is not here, nothing is compared");
      continue;
    }
    const auto theirs = io::read_header(reference);
    const auto sizes = model::recognize(theirs.tensors, reference);
    train(
        fmt::format("--random --dim {} --context {} --vocabulary {} --blocks {} --bottleneck {} {} --batch 2 "
                    "--steps 1 --warmup 0 --eval-every 0 -q -o {}",
                    sizes.embedding, sizes.context, sizes.vocabulary, sizes.parts.front().blocks,
                    sizes.bottleneck, flags, folder.file(variant)));
    const auto ours = io::read_header(folder.file(variant) + "/model.h5");
    const auto list = [](const io::CheckpointHeader& header) {
      std::map<std::string, std::vector<std::size_t>> tensors;
      for (const auto& tensor : header.tensors) tensors[tensor.name] = tensor.shape;
      return tensors;
    };
    CHECK(list(ours) == list(theirs));
    CHECK(ours.ignored.empty());
  }
}

TEST_CASE("compare reads the trajectories that train writes") {
  const TemporaryFolder folder;
  train(forty + "-q -o " + folder.file("a"));
  train(forty + "--seed 2 --objective copy -q -o " + folder.file("b"));
  const auto result =
      run_tmm("compare " + folder.file("a/model.h5") + " " + folder.file("a/trajectory.h5") + " --against " +
              folder.file("b/model.h5") + " " + folder.file("b/trajectory.h5"));
  INFO(result.err);
  CHECK(result.exit_code == 0);
}

TEST_CASE("train --report writes the page of the run when it ends") {
  const TemporaryFolder folder;
  const std::string page = folder.file("run.html"), arguments = forty + "-o " + folder.file("run");
  const auto result = run_tmm("train " + arguments + " --report " + page);
  if (result.err.find("without its chart library") != std::string::npos) {
    WARN("skipped: no chart library");
    return;
  }
  REQUIRE(result.exit_code == 0);
  CHECK_THAT(read_text(page), Contains("validation_loss") && Contains("winding_1") && Contains("</html>"));
  // What is there is kept, and found before the training begins.
  const auto again = run_tmm("train " + forty + "-o " + folder.file("other") + " --report " + page);
  CHECK(again.exit_code == 1);
  CHECK_THAT(again.err, Contains("run.html"));
  CHECK_FALSE(fs::exists(folder.file("other")));
}

TEST_CASE("train on padded rows of n + 1 tokens and on raw ones, and again by the configuration it wrote") {
  const TemporaryFolder folder;
  io::ArrayWriter rows(folder.file("rows.h5"));
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < 40 * 17; ++i) ids.push_back(i % 17 > 14 ? -100 : i * i % 23);
  rows.dataset("tokens", std::vector<std::size_t>{40, 17}, ids);
  rows.finish();
  {
    std::ofstream raw(folder.file("train.dat"), std::ios::binary);
    for (int i = 0; i < 2000; ++i) raw << static_cast<char>(i * i % 23);
  }
  const std::string small = " --dim 8 --context 16 --blocks 1 --batch 4 --steps 4 --threads 1 -q ";
  train("--tokens " + folder.file("rows.h5") + " --ignore-id -100" + small + "-o " + folder.file("a"));
  CHECK_THAT(read_text(folder.file("a/config.toml")), Contains("ignore-id = -100"));
  CHECK_THAT(read_text(folder.file("a/config.toml")), Contains("vocabulary = 19"));
  train("--config " + folder.file("a/config.toml") + " -q -o " + folder.file("again"));
  CHECK(test::same_file(folder.file("a/config.toml"), folder.file("again/config.toml")));
  train("--tokens " + folder.file("train.dat") + " --token-type uint8" + small + "-o " + folder.file("b"));
  CHECK_THAT(read_text(folder.file("b/config.toml")), Contains("token-type = \"uint8\""));
  CHECK_THAT(test::error_of("--random --ignore-id 3 --steps 1 -o " + folder.file("c")),
             Contains("ignore-id"));
}
