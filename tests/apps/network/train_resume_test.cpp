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
#include "model/network/tmm.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

namespace {

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
