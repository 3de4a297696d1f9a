// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <vector>

#include "support.hpp"

using tmm::test::read_text, tmm::test::run, tmm::test::run_tmm, tmm::test::TemporaryFolder;
namespace fs = std::filesystem;
using Catch::Contains;

namespace {

const std::string clm = TMM_TEST_DATA "/clm_flat_toeplitz.h5";
const std::string quick = "analyze -q --layers 1 --spectrum none ";
const std::string tiny =
    "train -q --random --dim 8 --context 16 --blocks 1 --batch 2 --steps 4 --eval-sequences 2 --threads 1 ";

}  // namespace

TEST_CASE("two results never go to one file, under whatever names") {
  const TemporaryFolder folder;
  const std::string y = folder.file("y.json");
  fs::create_directory(folder.file("d"));
  fs::create_directory_symlink(folder.file("d"), folder.file("e"));
  const auto refused = [&](const std::string& a, const std::string& b) {
    const auto result = run_tmm(quick + clm + " --force -o " + a + " --hdf5 " + b);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("one file"));
  };
  refused(y, y);
  refused(y, folder.file("d/../y.json"));
  refused(folder.file("d/y.json"), folder.file("e/y.json"));
  CHECK_FALSE(fs::exists(y));
  std::ofstream(y) << "kept";
  fs::create_symlink(y, folder.file("soft"));
  fs::create_hard_link(y, folder.file("hard"));
  refused(y, folder.file("soft"));
  refused(y, folder.file("hard"));
  CHECK(read_text(y) == "kept");
}

TEST_CASE("results keep off the files of a training run that they are drawn from") {
  const TemporaryFolder folder;
  const std::string out = folder.file("run");
  REQUIRE(run_tmm(tiny + "-o " + out).exit_code == 0);
  const auto metrics = read_text(out + "/metrics.csv"), model = read_text(out + "/model.h5");
  CHECK(run_tmm("report --format html " + out + " --force -o " + out + "/metrics.csv").exit_code == 1);
  CHECK(run_tmm("compare --format json " + out + " --against " + clm + " --force -o " + out + "/model.h5")
            .exit_code == 1);
  CHECK(run_tmm("train -q --resume " + out + " --force --report " + out + "/state.h5").exit_code == 1);
  CHECK(run_tmm("train -q --text " + out + "/metrics.csv --context 8 --dim 8 --steps 1 --force -o " + out)
            .exit_code == 1);
  CHECK(read_text(out + "/metrics.csv") == metrics);
  CHECK(read_text(out + "/model.h5") == model);
}

TEST_CASE("an ending of -o that names no format is a usage error, and so is an empty name") {
  const TemporaryFolder folder;
  for (const std::string name : {"r.jsn", "r.h5", "r.pdf", "r.v2"}) {
    CHECK(run_tmm(quick + clm + " -o " + folder.file(name)).exit_code == 2);
    CHECK(run_tmm("compare " + clm + " --against " + clm + " -o " + folder.file(name)).exit_code == 2);
    CHECK(run_tmm("report " + clm + " -o " + folder.file(name)).exit_code == 2);
    CHECK_FALSE(fs::exists(folder.file(name)));
  }
  CHECK(run_tmm(quick + clm + " -o ''").exit_code == 2);
  CHECK(run_tmm(quick + clm + " --hdf5 ''").exit_code == 2);
  CHECK(run_tmm(quick + clm + " -o " + folder.file("r.JSON")).exit_code == 0);
  CHECK_THAT(read_text(folder.file("r.JSON")), Catch::StartsWith("{"));
  CHECK(run_tmm(quick + clm + " -o " + folder.file("r.txt")).exit_code == 0);
  CHECK(run_tmm(quick + clm + " --format csv -o " + folder.file("r.dat")).exit_code == 0);
}

TEST_CASE("a section longer than every layer is refused") {
  const auto result = run_tmm(quick + clm + " --sections 64,500");
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("--sections") && Contains("at most 256") && Contains("500"));
  CHECK(run_tmm(quick + clm + " --sections 64,256").exit_code == 0);
}

TEST_CASE(
    "a closed or full standard error does not make a good run fail, nor do messages get into a result") {
  const TemporaryFolder folder;
  const std::string tmm = TMM_BINARY " ", out = folder.file("r.csv"), other = folder.file("s.csv");
  CHECK(run(tmm + "analyze --layers 1 --progress " + clm + " -o " + out + " 2>&-").exit_code == 0);
  CHECK(run(tmm + "analyze --layers 1 --progress " + clm + " -o " + other + " 2>/dev/full").exit_code == 0);
  CHECK_THAT(read_text(out), Catch::StartsWith("file,") && !Contains("wrote"));
  CHECK(read_text(out) == read_text(other));
}

TEST_CASE("standard output that does not take a result is named, for help and version as well") {
  for (const std::string& arguments :
       std::vector<std::string>{"--version", "--help", "analyze --help", "info " + clm, "analyze " + clm,
                                "analyze --format json " + clm}) {
    const auto full = run(TMM_BINARY " " + arguments + " >/dev/full");
    CHECK(full.exit_code == 1);
    CHECK_THAT(full.err, Contains("standard output") && Contains("No space left on device"));
    const auto closed = run(TMM_BINARY " " + arguments + " >&-");
    CHECK(closed.exit_code == 1);
    CHECK_THAT(closed.err, Contains("standard output"));
  }
}
