// SPDX-License-Identifier: MIT
// A file system without room: the message says so, and nothing is left behind.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::run;

namespace {

/// Runs `tmm ARGUMENTS` in a folder on a file system of 8 KiB, then lists that folder.
test::CommandResult run_on_full_disk(const std::string& arguments) {
  const test::TemporaryFolder folder;
  const std::string place = folder.path().string();
  return run("unshare -rm sh -c 'mount -t tmpfs -o size=8k none " + place + " && cd " + place +
             " && { " TMM_BINARY " " + arguments + "; echo \"ended with $?\"; ls -A; }'");
}

}  // namespace

TEST_CASE("a full file system is named by every writer, and nothing is left behind") {
  if (run("unshare -rm sh -c 'mount -t tmpfs -o size=8k none /tmp'").exit_code != 0) {
    WARN("skipped: no file system can be mounted here");
    return;
  }
  const std::string data = TMM_TEST_DATA, flat = data + "/clm_flat_toeplitz.h5";
  for (const std::string& arguments : std::vector<std::string>{
           "analyze -q --zeros " + flat + " -o r.json", "analyze -q --sections 8,16,32 " + flat + " -o r.csv",
           "analyze -q " + flat + " -o r.html", "analyze -q " + flat + " -o r.txt --hdf5 r.h5",
           "convert " + flat + " x.safetensors", "repair " + flat + " -o x.h5",
           "compare -q " + flat + " --against " + data + "/copy_flat_toeplitz.h5 -o c.json",
           "train -q --random --seed 1 --context 32 --dim 64 --blocks 2 --steps 2 -o run"}) {
    const auto result = run_on_full_disk(arguments);
    CAPTURE(arguments, result.out, result.err);
    CHECK(result.out == (arguments.starts_with("train") ? "ended with 1\nrun\n" : "ended with 1\n"));
    CHECK_THAT(result.err, Contains("No space left on device", Catch::CaseSensitive::No) ||
                               Contains("without its chart library"));
  }
}
