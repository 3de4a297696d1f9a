// SPDX-License-Identifier: MIT
// The slider along a trajectory; see browser_steps.py.
#include <catch2/catch.hpp>
#include <string>

#include "browser.hpp"

using namespace tmm;
using test::run_tmm;

TEST_CASE("along a trajectory every step's curve turns N times off the proven disc, on axes that stay") {
  if (test::browser_missing()) return;
  const std::string trajectory = test::shared_file("checkpoints/clm_flat.trajectory.h5");
  if (trajectory.empty()) {
    WARN("skipped: needs ../shared/checkpoints/clm_flat.trajectory.h5");
    return;
  }
  const test::TemporaryFolder folder;
  const std::string page = folder.file("c.html"), source = folder.file("c.json"), data = TMM_TEST_DATA;
  const std::string compared = "compare -q --layers 0-1 --resamples 100 " + data + "/clm_flat_toeplitz.h5 " +
                               trajectory + " --against " + data + "/copy_flat_toeplitz.h5 -o ";
  const auto made = run_tmm(compared + page);
  if (test::page_missing(made)) return;
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm(compared + source).exit_code == 0);
  std::string axe = TMM_SOURCE_DIR "/tests/apps/page/axe/node_modules/axe-core/axe.min.js";
  if (!test::fs::exists(axe)) {
    WARN("not looked at with axe-core (./dev test fetches it, or npm ci in tests/apps/page/axe)");
    axe.clear();
  }
  const auto result = test::browse("browser_steps.py " + page + " " + source + " " + trajectory + " " + axe);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}
