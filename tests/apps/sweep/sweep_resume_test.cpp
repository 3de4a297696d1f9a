// SPDX-License-Identifier: MIT
// tmm sweep that is killed, interrupted, or started twice.
#include <catch2/catch.hpp>
#include <random>
#include <regex>
#include <utility>

#include "apps/sweep/studies.hpp"

using namespace tmm;
using namespace tmm::test;
using Catch::Contains;

namespace {

const std::string runs = "seed = [1, 2]\nobjective = [\"clm\", \"copy\"]\n";
const std::vector<std::string> names{"seed-1_clm", "seed-1_copy", "seed-2_clm", "seed-2_copy"};

/// A file of a study without what no two runs have in common: seconds and memory.
std::string without_costs(const std::string& path) {
  const std::string text = read_text(path);
  if (path.ends_with(".csv")) return std::regex_replace(text, std::regex(",[^,\n]*,[^,\n]*\n"), "\n");
  for (const auto& [begin, end] :
       {std::pair{"\nvalidation loss against cost", "\ndelta = "},
        std::pair{"\"costs\": {", "\"correlations\""}, std::pair{"\"costs\">", "</script>"}})
    if (const auto first = text.find(begin); first != std::string::npos)
      return text.substr(0, first) + text.substr(text.find(end, first));
  return text;
}

/// Everything in two folders of the study above is the same.
void check_same_study(const std::string& a, const std::string& b) {
  CHECK(files_in(a) == files_in(b));
  for (const std::string& name : names) check_same_run(a + "/" + name, b + "/" + name);
  for (const std::string file : {"/study.toml", "/study.txt", "/study.html", "/study.json", "/runs.csv"}) {
    INFO(file);
    CHECK(without_costs(a + file) == without_costs(b + file));
  }
  CHECK(without_costs(a + "/runs.csv").find("flops\n") != std::string::npos);
}

/// Kills a sweep at so many moments, every second time the sweep alone and not its children; when one comes
/// to its end, it must have made what an undisturbed one makes, and the next begins.
void kill_and_go_on(int times, unsigned seed) {
  const TemporaryFolder folder;
  fs::create_directories(folder.file("whole"));
  const std::string study = "cd " + folder.path().string() + "/",
                    call = " " TMM_BINARY " sweep -q ../s.toml -o out --jobs 2";
  write_study(folder.file("s.toml"), small_runs + "checkpoint-every = 5\n" + runs);
  REQUIRE(run(study + "whole &&" + call).exit_code == 0);
  std::mt19937 engine(seed);
  int killed = 0, ended = 0;
  while (killed < times) {
    const std::string place = "n" + std::to_string(ended);
    fs::create_directories(folder.file(place));
    const std::string seconds = std::to_string(0.02 + 0.0003 * static_cast<double>(engine() % 1000));
    const bool alone = killed % 2 == 1;  // --foreground: timeout kills its child, not the group
    const auto result = run(study + place + " && timeout --preserve-status -s KILL " +
                            (alone ? "--foreground " : "") + seconds + call);
    INFO(result.err);
    CHECK_THAT(result.err, !Contains("tmm:"));
    if (result.exit_code == 0) {
      check_same_study(folder.file(place + "/out"), folder.file("whole/out"));
      ++ended;
    } else {
      REQUIRE(result.exit_code == 137);
      ++killed;
    }
  }
  const std::string place = "n" + std::to_string(ended);
  REQUIRE(run(study + place + " &&" + call).exit_code == 0);
  check_same_study(folder.file(place + "/out"), folder.file("whole/out"));
}

}  // namespace

TEST_CASE("a sweep killed at any moment goes on, and ends with what an undisturbed one makes") {
  kill_and_go_on(4, 1);
}

TEST_CASE("a sweep killed at fifty moments ends with what undisturbed ones make", "[slow]") {
  kill_and_go_on(50, 2);
}

TEST_CASE("signals end a sweep and its runs, which are saved, and it says how to go on") {
  const TemporaryFolder folder;
  write_study(
      folder.file("s.toml"),
      "random = true\ndim = 8\ncontext = 16\nblocks = 2\nbatch = 4\nsteps = 1000000\nreport-every = 0\n"
      "index-every = 0\neval-every = 0\ncheckpoint-every = 0\n" +
          runs);
  std::uint64_t before = 0;
  for (const auto& [signal, code] : {std::pair{"INT", 130}, {"TERM", 143}}) {
    // The sweep alone is told, and tells its runs.
    const auto ended = run(
        "cd " + folder.path().string() +
        " && { { while ! test -e out/seed-1_clm/state.h5; do sleep 0.02; done; sleep 1.5; kill -" + signal +
        " $(cat pid); } & } ; sh -c 'echo $$ >pid; exec " TMM_BINARY
        " sweep s.toml -o out --jobs 2'; code=$?; wait; exit $code");
    CHECK(ended.exit_code == code);
    CHECK(ended.err == "tmm: interrupted; 0 of 4 runs are finished, tmm sweep s.toml -o out goes on\n");
    const std::uint64_t step = step_of(folder.file("out/seed-1_clm"));
    CHECK(step > before);  // nothing but the signal writes checkpoints here
    before = step;
    // Nobody trains there any more.
    train("-q --resume " + folder.file("out/seed-1_clm") + " --stop-at 1");
  }
  // In the background of a shell nobody heeds SIGINT.
  const auto ended =
      run("cd " + folder.path().string() +
          " && { " TMM_BINARY " sweep s.toml -o out -q & } ; sleep 1.5; kill -TERM $!; wait $!");
  CHECK(ended.exit_code == 143);
  CHECK(step_of(folder.file("out/seed-1_clm")) > before);
  CHECK_THAT(sweep_in(folder, "s.toml -o out --dry-run").out,
             Contains("seed-1_clm   goes on after step ") && Contains("seed-2_copy  to begin"));
}

TEST_CASE("one sweep at a time is at work in a folder") {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"),
              "random = true\ndim = 8\ncontext = 16\nblocks = 1\nsteps = 1000000\n" + runs);
  const auto result =
      run("cd " + folder.path().string() +
          " && { timeout -s KILL 5 " TMM_BINARY
          " sweep s.toml -o out -q & } ; while ! test -e out/study.toml; do sleep 0.02; done; " TMM_BINARY
          " sweep s.toml -o out; echo $?; kill -9 $!; wait");
  CHECK_THAT(result.out, Contains("1\n"));
  CHECK_THAT(result.err, Contains("tmm: out: another sweep is at work in this folder"));
}

TEST_CASE("a run whose state cannot be read is begun again") {
  const TemporaryFolder folder;
  write_study(folder.file("s.toml"), small_runs + runs);
  REQUIRE(sweep_in(folder, "s.toml -o whole -q").exit_code == 0);
  fs::copy(folder.file("whole"), folder.file("out"), fs::copy_options::recursive);
  std::ofstream(folder.file("out/seed-1_copy/state.h5")) << "nothing";
  fs::remove(folder.file("out/seed-2_clm/state.h5"));
  CHECK_THAT(sweep_in(folder, "s.toml -o out --dry-run").out,
             Contains("seed-1_clm   finished\nseed-1_copy  to begin\nseed-2_clm   to begin\n"));
  REQUIRE(sweep_in(folder, "s.toml -o out -q").exit_code == 0);
  for (const std::string& name : names)
    check_same_run(folder.file("out/" + name), folder.file("whole/" + name));
}
