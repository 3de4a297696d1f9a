// SPDX-License-Identifier: MIT
// A benchmark whose peer is not there, fails or finds something else ends with 1 and says so: it prints no
// figure.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support.hpp"

using tmm::test::run, tmm::test::TemporaryFolder;

namespace {

/// The benchmark of the index where `mpsolve` is this shell script; none if it is empty.
tmm::test::CommandResult run_with_mpsolve(const std::string& script) {
  const TemporaryFolder folder;
  if (!script.empty()) {
    std::ofstream(folder.file("mpsolve")) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(folder.file("mpsolve"), std::filesystem::perms::owner_all);
  }
  return run("PATH=" + folder.path().string() + " " TMM_BENCH_WINDING);
}

void check_failure(const std::string& script, const std::string& reason) {
  CAPTURE(script);
  const auto result = run_with_mpsolve(script);
  CHECK(result.exit_code == 1);
  CHECK(result.err.find("benchmark failed: " + reason) != std::string::npos);
  CHECK(result.out.find("   256") == std::string::npos);  // the row of n = 256
}

}  // namespace

TEST_CASE("the benchmark of the index fails without MPSolve, and with one that fails or counts otherwise") {
  check_failure("", "mpsolve ended with 127");
  check_failure("exit 3", "mpsolve ended with 3");
  check_failure("kill -9 $$", "mpsolve ended with 137");
  check_failure("echo 0 roots are inside", "mpsolve counts otherwise");
  check_failure("exit 0", "mpsolve counts otherwise");
}
