// SPDX-License-Identifier: MIT
#include "io/run/run_folder.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using io::RunFolder;
using test::TemporaryFolder;
namespace fs = std::filesystem;
using Catch::Contains;

TEST_CASE("a run is neither overwritten nor made up") {
  const TemporaryFolder folder;
  const std::string path = folder.file("deep/run");
  CHECK_THROWS_WITH(RunFolder(path, RunFolder::Use::resume), Contains("no such folder"));
  { const RunFolder made(path + "//", RunFolder::Use::fresh); }
  CHECK(fs::is_directory(path));
  CHECK_THROWS_WITH(RunFolder(path, RunFolder::Use::resume), Contains("no training run here"));
  for (const char* name : {"metrics.csv", "state.h5"}) {
    std::ofstream(path + "/" + name) << "x";
    CHECK_THROWS_WITH(RunFolder(path, RunFolder::Use::fresh), Contains(name) && Contains("--force"));
  }
  { const RunFolder resumed(path, RunFolder::Use::resume); }
  std::ofstream(path + "/notes.txt") << "mine";
  { const RunFolder replaced(path, RunFolder::Use::replace); }
  CHECK_FALSE(fs::exists(path + "/state.h5"));
  CHECK_FALSE(fs::exists(path + "/metrics.csv"));
  CHECK(fs::exists(path + "/notes.txt"));
  CHECK_THROWS_WITH(RunFolder(path + "/notes.txt", RunFolder::Use::fresh), Contains("not a folder"));
}

TEST_CASE("two processes do not train in one folder") {
  const TemporaryFolder folder;
  const RunFolder first(folder.file("run"), RunFolder::Use::fresh);
  CHECK_THROWS_WITH(RunFolder(folder.file("run"), RunFolder::Use::fresh), Contains("another process"));
}

TEST_CASE("what a killed process has left unfinished is cleared away, and nothing else") {
  const TemporaryFolder folder;
  for (const char* name : {"state.h5.tmp-aB3xYz", "model.h5.tmp-000000", "config.toml.123-0.tmp",
                           "state.h5.backup", "other.h5.tmp-aB3xYz", "state.h5.tmp"})
    std::ofstream(folder.file(name)) << "x";
  const RunFolder held(folder.path().string(), RunFolder::Use::fresh);
  CHECK_FALSE(fs::exists(folder.file("state.h5.tmp-aB3xYz")));
  CHECK_FALSE(fs::exists(folder.file("model.h5.tmp-000000")));
  CHECK_FALSE(fs::exists(folder.file("config.toml.123-0.tmp")));
  CHECK(fs::exists(folder.file("other.h5.tmp-aB3xYz")));
  CHECK(fs::exists(folder.file("state.h5.tmp")));
  CHECK(fs::exists(folder.file("state.h5.backup")));
}
