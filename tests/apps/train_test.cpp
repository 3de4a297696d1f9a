// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "io/run/training_state.hpp"
#include "io/run/trajectory.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/network/tmm.hpp"
#include "support.hpp"

using namespace tmm;
using test::read_text, test::run, test::run_tmm, test::TemporaryFolder;
namespace fs = std::filesystem;
using Catch::Contains;

namespace {

const std::string tiny =
    "--random --dim 8 --context 16 --blocks 2 --batch 4 --report-every 10 --index-every 10 "
    "--eval-every 20 --eval-sequences 8 ";
const std::string forty = tiny + "--steps 40 --threads 1 ";

test::CommandResult train(const std::string& arguments) {
  auto result = run_tmm("train " + arguments);
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  return result;
}

/// Error of a run that must fail.
std::string error_of(const std::string& arguments, int exit_code = 1) {
  const auto result = run_tmm("train " + arguments);
  CHECK(result.exit_code == exit_code);
  return result.err;
}

std::uint64_t step_of(const std::string& folder) {
  return io::read_training_state(folder + "/state.h5").trainer.optimiser.steps;
}

bool same_file(const std::string& a, const std::string& b) {
  return read_text(a) == read_text(b);
}

/// HDF5 leaves unused bytes of its own tables as they are in memory: contents are compared, not files.
bool same_trajectory(const std::string& a, const std::string& b) {
  const auto first = io::read_trajectory(a), second = io::read_trajectory(b);
  return std::equal(
      first.begin(), first.end(), second.begin(), second.end(), [](const auto& x, const auto& y) {
        return x.step == y.step &&
               std::equal(x.layers.begin(), x.layers.end(), y.layers.begin(), y.layers.end(),
                          [](const auto& v, const auto& w) { return v.name == w.name && v.taps == w.taps; });
      });
}

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

bool python_has(const std::string& module) {
  if (run("/usr/bin/python3 -c 'import " + module + "'").exit_code == 0) return true;
  WARN("python3 has no " << module << ": not tested");
  return false;
}

/// Runs `arguments` again and again, each time killed after a while; every time the run can be read and goes
/// on.
void kill_and_resume(int times, unsigned seed) {
  const TemporaryFolder folder;
  const std::string run_folder = folder.file("run"), whole = folder.file("whole");
  const std::string options =
      "--random --dim 8 --context 16 --blocks 2 --batch 4 --threads 1 --steps 30000 "
      "--report-every 3 --index-every 2 --eval-every 5 --eval-sequences 4 --checkpoint-every 1 ";
  train(options + "--stop-at 1 -o " + run_folder);
  std::mt19937 engine(seed);
  int killed = 0;
  for (int i = 0; i < times; ++i) {
    const double seconds = 0.02 + 0.0002 * static_cast<double>(engine() % 1000);
    const auto result = run("timeout --preserve-status -s KILL " + std::to_string(seconds) +
                            " " TMM_BINARY " train --resume " + run_folder);
    INFO(result.err);
    killed += result.exit_code == 137 ? 1 : 0;
    CHECK_THAT(result.err, !Contains("tmm:"));
    REQUIRE_NOTHROW(step_of(run_folder));
    REQUIRE_NOTHROW(model::load_network<float>(io::read_checkpoint(run_folder + "/model.h5")));
    REQUIRE_NOTHROW(io::list_arrays(run_folder + "/trajectory.h5"));
  }
  CHECK(killed == times);
  const auto stop = std::to_string(step_of(run_folder) + 3);
  train("--resume " + run_folder + " --stop-at " + stop);
  CHECK(files_in(run_folder) == 5);  // nothing unfinished is left
  train(options + "--stop-at " + stop + " -o " + whole);
  CHECK(same_file(run_folder + "/model.h5", whole + "/model.h5"));
  CHECK(same_trajectory(run_folder + "/trajectory.h5", whole + "/trajectory.h5"));
}

}  // namespace

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
  CHECK_THAT(message("random = true\ndim = eight\n"), Contains("--dim"));
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

TEST_CASE("signals save the run and end it, and it then goes on as if nothing had happened") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  for (const auto& [signal, code] : std::vector<std::pair<std::string, int>>{{"INT", 130}, {"TERM", 143}}) {
    const std::string where =
        fs::exists(out) ? "--resume " + out : tiny + "--threads 1 --steps 200000 -o " + out;
    const auto result = run("timeout --preserve-status -s " + signal + " 1.5 " TMM_BINARY " train " + where);
    CHECK(result.exit_code == code);
    CHECK_THAT(result.err, Contains("interrupted; step ") && Contains("--resume"));
    CHECK_THAT(result.err, Contains("step " + std::to_string(step_of(out)) + " of 200000"));
  }
  const auto step = step_of(out);
  CHECK(step > 2);
  train(tiny + "--threads 1 --steps 200000 --stop-at " + std::to_string(step) + " -q -o " +
        folder.file("whole"));
  CHECK(same_file(out + "/model.h5", folder.file("whole/model.h5")));
}

/// Shell: waits until the process started last has its own handler of SIGTERM, the 15th bit of that mask.
const std::string heeds_term =
    "for i in $(seq 1000); do "
    "grep -qs 'SigCgt:.*[4-7c-f][0-9a-f][0-9a-f][0-9a-f]$' /proc/$!/status && break; sleep 0.01; done; ";

TEST_CASE("signals a moment apart are one request, a later one ends the run at once") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  // Twice within a millisecond or so, as timeout(1) does: the run is saved all the same.
  for (int i = 0; i < 5; ++i) {
    const std::string where =
        fs::exists(out) ? "--resume " + out : tiny + "--threads 1 --steps 200000 -o " + out;
    const auto result = run(TMM_BINARY " train " + where + " & " + heeds_term +
                            "sleep 0.3; kill -TERM $!; sleep 0.001; kill -TERM $!; wait $!");
    CHECK(result.exit_code == 143);
    CHECK_THAT(result.err, Contains("interrupted; step " + std::to_string(step_of(out))));
  }
  // One step of this takes many seconds: the second signal comes before the first could be heeded.
  const std::string slow = "--random --dim 256 --context 1024 --blocks 4 --batch 64 --steps 2 --threads 1 ";
  const auto result = run(TMM_BINARY " train " + slow + "-o " + folder.file("slow") + " & " + heeds_term +
                          "sleep 0.3; kill -TERM $!; sleep 1.2; kill -TERM $!; wait $!");
  CHECK(result.exit_code == 143);
  CHECK_THAT(result.err, !Contains("interrupted; step "));
}

TEST_CASE("a run killed at any moment goes on bit for bit") {
  kill_and_resume(4, 1);
}

TEST_CASE("a run killed at fifty moments goes on bit for bit", "[slow]") {
  kill_and_resume(50, 2);
}

TEST_CASE("where no more can be written the last checkpoint stays as it was") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  train(forty + "--stop-at 5 -q -o " + out);
  const auto state = read_text(out + "/state.h5");
  for (const int blocks : {1, 10, 20}) {  // of 512 bytes: too few for the trajectory, the model, the state
    const std::string limited =
        "ulimit -f " + std::to_string(blocks) + "; " TMM_BINARY " train -q --resume " + out;
    const auto full = run("sh -c '" + limited + "' 2>&1 | cat >&2");  // a pipe has no size limit
    CHECK_THAT(full.err, Contains("tmm: ") && Contains("write") && Contains(out) &&
                             Contains("File too large") && Contains("the state of step 5 is kept"));
    CHECK(run("sh -c '" + limited + " 2>" + folder.file("log") + "'").exit_code ==
          1);  // nor the message fits
    CHECK((read_text(out + "/state.h5") == state));
    CHECK_NOTHROW(model::load_network<float>(io::read_checkpoint(out + "/model.h5")));
  }
  train("-q --resume " + out);
  train(forty + "-q -o " + folder.file("whole"));
  CHECK(same_file(out + "/model.h5", folder.file("whole/model.h5")));
  CHECK(same_trajectory(out + "/trajectory.h5", folder.file("whole/trajectory.h5")));
}

TEST_CASE("a loss that is not finite ends the run with its step, the last good checkpoint stays") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  const auto error = error_of(forty + "--learning-rate 1e30 --warmup 0 --checkpoint-every 1 -o " + out);
  const auto step = step_of(out);
  CHECK_THAT(error, Contains("not a finite number at step " + std::to_string(step + 1)) &&
                        Contains("checkpoint of step " + std::to_string(step) + " is kept"));
  CHECK_NOTHROW(model::load_network<float>(io::read_checkpoint(out + "/model.h5")));
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

TEST_CASE("a run resumed before its first later checkpoint has the row of step 0 once") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  const std::string endless =
      "--random --dim 8 --context 16 --blocks 1 --batch 2 --eval-sequences 2 --threads 1 --steps 1000000000 "
      "--checkpoint-every 0 --report-every 0 --index-every 0 --eval-every 0 ";
  run("timeout -s KILL 1.5 " TMM_BINARY " train -q " + endless + "-o " + out);
  for (int i = 0; i < 2; ++i) run("timeout -s KILL 1 " TMM_BINARY " train -q --resume " + out);
  REQUIRE(step_of(out) == 0);
  const auto metrics = read_text(out + "/metrics.csv");
  CHECK(std::count(metrics.begin(), metrics.end(), '\n') == 2);  // heading and step 0
}

TEST_CASE("a repeated row of metrics is drawn once") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("m.csv")) << "step,train_loss\n0,1.5\n0,1.5\n0,1.5\n10,1.25\n";
  const auto page = run_tmm("report " + folder.file("m.csv") + " -o " + folder.file("m.html"));
  if (page.err.find("without its chart library") != std::string::npos) {
    WARN("skipped: no chart library");
    return;
  }
  REQUIRE(page.exit_code == 0);
  CHECK_THAT(read_text(folder.file("m.html")), Contains("[0,10]") && Contains("[1.5,1.25]"));
}

TEST_CASE("files of a run without a state are not said to be resumable") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  fs::create_directory(out);
  std::ofstream(out + "/config.toml") << "random = true\n";
  CHECK_THAT(error_of(forty + "-o " + out), Contains("--force") && !Contains("--resume"));
  CHECK_THAT(error_of("--resume " + out), Contains("--force"));
  train(forty + "--force -q -o " + out);
}

TEST_CASE("a run and its text can be moved together, and resumed from anywhere") {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("a/sub"));
  std::ofstream(folder.file("a/book.txt"))
      << std::string(3000, 'x') << "other letters" << std::string(300, 'y');
  const std::string sizes =
      " --dim 6 --context 10 --blocks 1 --batch 2 --steps 9 --eval-every 0 --threads 1 --stop-at 3 -q ";
  const std::string program = "( cd " + folder.file("a/sub") + " && " TMM_BINARY " train ";
  REQUIRE(run(program + "--text ../book.txt" + sizes + "-o ../run )").exit_code == 0);
  REQUIRE(run(program + "--text " + folder.file("a/book.txt") + sizes + "-o ../absolute )").exit_code == 0);
  CHECK_THAT(read_text(folder.file("a/run/config.toml")), Contains("text = [\"../book.txt\"]"));
  CHECK_THAT(read_text(folder.file("a/absolute/config.toml")),
             Contains("\"" + fs::canonical(folder.file("a/book.txt")).string()));
  train("-q --resume " + folder.file("a/absolute"));
  fs::rename(folder.file("a"), folder.file("b"));
  train("-q --resume " + folder.file("b/run"));
  CHECK(step_of(folder.file("b/run")) == 9);
  // Again by its configuration, from the folder above, into another place.
  REQUIRE(run("cd " + folder.path().string() + " && " TMM_BINARY " train -q --config b/run/config.toml -o c")
              .exit_code == 0);
  CHECK_THAT(read_text(folder.file("c/config.toml")), Contains("text = [\"../b/book.txt\"]"));
  CHECK(same_file(folder.file("b/run/model.h5"), folder.file("c/model.h5")) ==
        false);  // its config is another
  CHECK(io::read_array<float>(folder.file("b/run/model.h5"), "output_layer.weight").values ==
        io::read_array<float>(folder.file("c/model.h5"), "output_layer.weight").values);
}
