// SPDX-License-Identifier: MIT
// One rule for every output of every command: a symbolic link in its place counts as a file that exists, and
// is replaced by force, never followed.
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/hdf5/array_file.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using Catch::Contains;
using namespace tmm;
using test::read_text, test::run_tmm, test::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";
const std::string copy = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";

/// Arguments of each command that writes a file, with OUT in the file's place.
std::vector<std::string> commands(const TemporaryFolder& folder) {
  const std::string model = folder.file("m.h5"), tokens = folder.file("t.h5");
  io::ArrayWriter network(model), ids(tokens);
  const auto state = test::random_state("flat");
  for (const auto& [name, tensor] : state.tensors())
    network.dataset(name, tensor.info.shape, tensor.as_double());
  network.finish();
  ids.dataset("tokens", std::vector<std::size_t>{6}, std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
  ids.finish();
  const std::string saved = folder.file("saved.json"), quick = " --layers 0 --spectrum none ";
  REQUIRE(run_tmm("analyze " + clm + quick + "-o " + saved).exit_code == 0);
  return {"analyze " + clm + quick + "--format json -o OUT",
          "analyze " + clm + quick + "--hdf5 OUT",
          "compare " + saved + " --against " + saved + " --format json -o OUT",
          "report " + saved + " --format json -o OUT",
          "convert " + copy + " OUT",
          "repair " + copy + " --layers 0 -o OUT",
          "evaluate " + model + " --tokens " + tokens + " --logits OUT",
          "evaluate " + model + " --tokens " + tokens + " --activations OUT",
          "jacobian " + model + " --tokens " + tokens + " --no-blocks --format json -o OUT",
          "jacobian " + model + " --tokens " + tokens + " --no-blocks --hdf5 OUT"};
}

}  // namespace

TEST_CASE("output links: kept without --force, replaced with it, never followed, dangling or not") {
  const TemporaryFolder folder;
  for (const std::string& command : commands(folder))
    for (const bool dangling : {false, true}) {
      const std::string target = folder.file("target"), link = folder.file("link");
      if (!dangling) std::ofstream(target) << "mine";
      fs::create_symlink(target, link);
      std::string arguments = command;
      arguments.replace(arguments.find("OUT"), 3, link);
      INFO(arguments << (dangling ? ", dangling" : ""));
      const auto refused = run_tmm(arguments);
      CHECK(refused.exit_code == 1);
      CHECK_THAT(refused.err, Contains(link) && Contains("exists already") && Contains("--force"));
      CHECK(fs::is_symlink(link));
      const auto forced = run_tmm(arguments + " --force");
      INFO(forced.err);
      CHECK(forced.exit_code == 0);
      CHECK(fs::is_regular_file(fs::symlink_status(link)));
      CHECK(fs::exists(target) != dangling);
      if (!dangling) CHECK(read_text(target) == "mine");
      fs::remove(link);
      fs::remove(target);
    }
}

TEST_CASE("output links: a run's folder with a link in the place of one of its files is not fresh") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "run");
  fs::create_symlink(folder.file("elsewhere"), folder.file("run/state.h5"));
  const auto result = run_tmm("train --random --steps 1 -q -o " + folder.file("run"));
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.err, Contains("there are files of a run here (state.h5)"));
}

TEST_CASE("names of files that are not UTF-8 are UTF-8 in every output") {
  const TemporaryFolder folder;
  const std::string odd = folder.file("caf\xe9-\x9b.h5");
  fs::copy_file(clm, odd);
  for (const char* format : {"csv", "json", "table"}) {
    const auto result = run_tmm("analyze '" + odd + "' --layers 0 --spectrum none --format " + format);
    INFO(format);
    REQUIRE(result.exit_code == 0);
    CHECK_NOTHROW(nlohmann::json(result.out).dump());  // throws for what is not UTF-8
    const bool table = std::string(format) == "table";
    CHECK_THAT(result.out, Contains(table ? "caf\\xe9-\\x9b.h5" : "caf\xef\xbf\xbd-\xef\xbf\xbd.h5"));
  }
}
