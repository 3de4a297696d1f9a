// SPDX-License-Identifier: MIT
// The slider along a trajectory; see browser_steps.py.
#include <catch2/catch.hpp>
#include <string>

#include "browser.hpp"

using namespace tmm;
using test::run_tmm;

TEST_CASE("the page of a run has the curves of its trajectory, or says why not") {
  const std::string trajectory = test::shared_file("checkpoints/clm_flat.trajectory.h5");
  if (trajectory.empty()) {
    WARN("skipped: needs ../shared/checkpoints/clm_flat.trajectory.h5");
    return;
  }
  const test::TemporaryFolder folder;
  const std::string run = folder.file("run"), page = folder.file("run.html"), csv = folder.file("run.csv");
  test::run("mkdir " + run + " && printf 'step,train_loss\\n0,9\\n10,8\\n' > " + run + "/metrics.csv");
  const auto page_of = [&] {
    const auto made = run_tmm("report -q --force " + run + " -o " + page);
    INFO(made.err);
    return made.exit_code == 0 ? test::read_text(page) : made.err;
  };
  const std::string element = "<script type=\"application/json\" id=\"steps-0",
                    slider = "const stepsOf =", remark = "Curves by step are left out: ";
  const std::string without = page_of();
  if (without.find("without its chart library") != std::string::npos) return;
  CHECK(without.find("</html>") != std::string::npos);
  CHECK(without.find(element) == std::string::npos);
  CHECK(without.find(slider) == std::string::npos);
  test::run("cp " + trajectory + " " + run + "/trajectory.h5");
  const std::string with = page_of();
  for (const char* end : {"\"", "-0\"", "-7\""}) CHECK(with.find(element + end) != std::string::npos);
  CHECK(with.find(slider) != std::string::npos);
  CHECK(with.find(remark) == std::string::npos);
  REQUIRE(run_tmm("report -q --force " + run + " -o " + csv).exit_code == 0);
  CHECK(test::read_text(csv).find("0,9") != std::string::npos);
  CHECK(test::read_text(csv).find("remarks") == std::string::npos);
  test::run("chmod u+w " + run + "/trajectory.h5 && printf 'no HDF5' > " + run + "/trajectory.h5");
  const std::string broken = page_of();
  CHECK(broken.find(remark) != std::string::npos);
  CHECK(broken.find(slider) == std::string::npos);
}

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
