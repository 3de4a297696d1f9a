// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <string>

#include "browser.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/network/random_network.hpp"

using namespace tmm;
using test::run_tmm;

namespace {

const std::string axe = TMM_SOURCE_DIR "/tests/apps/page/axe/node_modules/axe-core/axe.min.js",
                  screenshots = TMM_BUILD_DIR "/screenshots";

/// A small random network, and six rows of tokens for it.
void write_network(const test::TemporaryFolder& folder) {
  io::ArrayWriter network(folder.file("m.h5")), tokens(folder.file("t.h5"));
  const auto state = test::random_state("flat");
  for (const auto& [name, tensor] : state.tensors())
    network.dataset(name, tensor.info.shape, tensor.as_double());
  network.finish();
  const auto ids = test::random_batch(6, 21, true).ids;
  tokens.dataset("tokens", std::vector<std::size_t>{6, 21},
                 std::vector<std::int64_t>(ids.begin(), ids.end()));
  tokens.finish();
}

void look(const std::string& command) {
  const auto result = test::browse("browser_network.py " + command + " " + screenshots + " " + axe);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

}  // namespace

TEST_CASE("the pages of a derivative in a browser: numbers of the JSON, bounds apart from values") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  write_network(folder);
  const std::string at = "jacobian -q " + folder.file("m.h5") + " --tokens " + folder.file("t.h5") + " ";
  const auto made = run_tmm(at + "-o " + folder.file("whole.html"));
  if (test::page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  const std::string ends = "--full 0 --samples 1 ";  // spectra known by their ends alone
  REQUIRE(run_tmm(at + ends + "-o " + folder.file("ends.html")).exit_code == 0);
  REQUIRE(run_tmm(at + "-o " + folder.file("whole.json")).exit_code == 0);
  REQUIRE(run_tmm(at + ends + "-o " + folder.file("ends.json")).exit_code == 0);
  look("jacobian " + folder.file("whole") + " " + folder.file("ends"));
}

TEST_CASE("the page of a repair in a browser: numbers of the JSON, before and after, the loss") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  write_network(folder);
  const std::string at = "repair -q --force " + folder.file("m.h5") + " -o " + folder.file("out.h5") +
                         " --evaluate " + folder.file("t.h5") + " --report ";
  const auto made = run_tmm(at + folder.file("repair.html"));
  if (test::page_missing(made)) return;
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm(at + folder.file("repair.json")).exit_code == 0);
  look("repair " + folder.file("repair"));
}
