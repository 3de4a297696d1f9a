// SPDX-License-Identifier: MIT
// tmm-mpi: the numbers of one process, whatever the number of ranks; what happens when one is lost.
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "apps/sweep/studies.hpp"
#include "io/result/read_report.hpp"
#include "support.hpp"

using namespace tmm;
using test::read_text, test::run, test::run_tmm;

namespace {

#ifdef TMM_MPI_BINARY
const std::string program = TMM_MPI_BINARY;
#else
const std::string program;
#endif

bool mpi_missing() {
  if (!program.empty() && run("command -v mpirun").exit_code == 0) return false;
  WARN("without -DTMM_MPI=ON or without mpirun: skipped");
  return true;
}

/// Any number of ranks on this machine, whoever runs the tests, over its memory alone.
std::string mpirun(int ranks) {
  return "env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 "
         "OMPI_MCA_plm=isolated OMPI_MCA_pml=ob1 OMPI_MCA_btl=self,vader "
         "OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_mpi_yield_when_idle=1 "
         "mpirun -n " +
         std::to_string(ranks) + " ";
}

/// `count` operators of different lengths.
void write_mixed(const std::string& file, int count, int longest, int seed = 3) {
  REQUIRE(run("/usr/bin/python3 -c 'import h5py, numpy\n"
              "r = numpy.random.default_rng(" +
              std::to_string(seed) +
              ")\n"
              "f = h5py.File(\"" +
              file +
              "\", \"w\")\n"
              "for b in range(" +
              std::to_string(count) + "): f[\"filter.%d.taps\" % b] = r.standard_normal(" + "int(8 * (" +
              std::to_string(longest) + " / 8) ** r.random()))'")
              .exit_code == 0);
}

}  // namespace

TEST_CASE("tmm-mpi: one to four ranks write the files that one process writes, byte for byte") {
  if (mpi_missing()) return;
  const test::TemporaryFolder folder;
  const std::string file = folder.file("m.h5");
  write_mixed(file, 60, 200);
  const std::string plain = " --taps '*.taps' --zeros --sections 8 ";
  REQUIRE(run_tmm("analyze -q --force " + file + plain + "-o " + folder.file("0.json") + " --hdf5 " +
                  folder.file("0.h5"))
              .exit_code == 0);
  for (int ranks = 1; ranks <= 4; ++ranks) {
    const std::string name = folder.file(std::to_string(ranks));
    const auto result = run(mpirun(ranks) + program + " analyze " + file + plain + "-o " + name +
                            ".json --hdf5 " + name + ".h5");
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(read_text(name + ".json") == read_text(folder.file("0.json")));
    CHECK(read_text(name + ".h5") == read_text(folder.file("0.h5")));
    if (ranks == 1) continue;
    for (int rank = 0; rank < ranks; ++rank)
      CHECK_THAT(result.err,
                 Catch::Contains("rank " + std::to_string(rank) + ": ") && Catch::Contains(" s idle"));
  }
}

TEST_CASE("tmm-mpi: layers, null model, table and lines are those of one process") {
  if (mpi_missing()) return;
  const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";
  for (const std::string flags :
       {" --null-draws 3 --format json", " --format jsonl", " --format csv --layers 0-2", ""}) {
    INFO(flags);
    const auto alone = run_tmm("analyze -q " + clm + flags);
    const auto shared = run(mpirun(3) + program + " analyze -q " + clm + flags);
    CHECK(shared.exit_code == 0);
    CHECK(shared.out == alone.out);
  }
}

TEST_CASE("tmm-mpi: a rank that is killed ends the job with a message, and --resume takes up the rest") {
  if (mpi_missing()) return;
  const test::TemporaryFolder folder;
  const std::string file = folder.file("m.h5"), store = folder.file("r.h5"), flags = " --taps '*.taps' ";
  write_mixed(file, 400, 400);
  REQUIRE(run_tmm("analyze -q " + file + flags + "--hdf5 " + folder.file("whole.h5")).exit_code == 0);
  const auto result =
      run(mpirun(3) + program + " analyze -q " + file + flags + "--resume " + store +
          " & job=$!\n"
          "until [ -e " +
          store +
          " ] || ! kill -0 $job; do sleep 0.05; done\n"
          "for pid in $(pgrep -f '^" +
          program + " analyze .*" + store +
          "'); do\n"
          "  tr '\\0' '\\n' < /proc/$pid/environ | grep -q '^OMPI_COMM_WORLD_RANK=2$' && kill -9 $pid\n"
          "done\n"
          "wait $job");
  INFO(result.err);
  CHECK(result.exit_code != 0);
  CHECK_THAT(result.err, Catch::Contains("signal 9"));
  REQUIRE(std::filesystem::exists(store));
  const auto resumed = run(mpirun(2) + program + " analyze -q " + file + flags + "--resume " + store);
  INFO(resumed.err);
  REQUIRE(resumed.exit_code == 0);
  CHECK(io::report_json(io::read_report(store)) == io::report_json(io::read_report(folder.file("whole.h5"))));
}

TEST_CASE(
    "tmm-mpi: a file that is missing on one rank, or another one there, ends the job and names the rank") {
  if (mpi_missing()) return;
  const test::TemporaryFolder folder;
  for (const char* place : {"here", "there"}) std::filesystem::create_directory(folder.path() / place);
  write_mixed(folder.file("here/m.h5"), 5, 20);
  const auto attempt = [&](const std::string& elsewhere) {
    return run(mpirun(3) + "sh -c 'cd " + folder.path().string() +
               "/here; [ $OMPI_COMM_WORLD_RANK = " + elsewhere + " ] && cd ../there; exec " + program +
               " analyze m.h5 --taps \"*.taps\" --hdf5 " + folder.file("r.h5") + "'");
  };
  const auto missing = attempt("2");
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Catch::Contains("rank 2: m.h5"));
  CHECK_FALSE(std::filesystem::exists(folder.file("r.h5")));
  const auto leader = attempt("0");
  CHECK(leader.exit_code == 1);
  CHECK_THAT(leader.err, Catch::Contains("tmm: m.h5"));
  write_mixed(folder.file("there/m.h5"), 5, 20, 4);
  const auto other = attempt("1");
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.err, Catch::Contains("rank 1 finds other operators"));
  CHECK(attempt("none").exit_code == 0);
}

TEST_CASE("tmm-mpi sweep: runs are dealt out among the ranks and are those of tmm sweep") {
  if (mpi_missing()) return;
  const test::TemporaryFolder folder;
  test::write_study(folder.file("study.toml"),
                    test::small_runs + "objective = [\"clm\", \"copy\"]\nseed = [1, 2]\n");
  const auto alone = test::sweep_in(folder, "study.toml -o alone -q");
  REQUIRE(alone.exit_code == 0);
  const auto shared =
      run("cd " + folder.path().string() + " && " + mpirun(3) + program + " sweep study.toml -o shared -q");
  INFO(shared.err);
  REQUIRE(shared.exit_code == 0);
  for (const char* name : {"clm_seed-1", "clm_seed-2", "copy_seed-1", "copy_seed-2"})
    test::check_same_run(folder.file("shared/") + name, folder.file("alone/") + name);
  const auto wrong =
      run("cd " + folder.path().string() + " && " + mpirun(2) + program + " sweep none.toml -o shared");
  CHECK(wrong.exit_code == 1);
  CHECK_THAT(wrong.err, Catch::Contains("none.toml"));
}

TEST_CASE("tmm-mpi: other commands, help and wrong flags speak once") {
  if (mpi_missing()) return;
  const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";
  CHECK(run(mpirun(3) + program + " info " + clm).out == run_tmm("info " + clm).out);
  const auto wrong = run(mpirun(3) + program + " analyze " + clm + " --no-such-flag");
  CHECK(wrong.exit_code == 2);
  const auto first = wrong.err.find("no-such-flag");
  CHECK(first != std::string::npos);
  CHECK(wrong.err.find("no-such-flag", first + 1) == std::string::npos);
  CHECK(run(mpirun(2) + program + " --version").out == run_tmm("--version").out);
}
