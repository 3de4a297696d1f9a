// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <string>

#include "browser.hpp"

using namespace tmm;
using test::browser_missing, test::page_missing, test::run, test::run_tmm;

namespace {

test::CommandResult browse(const std::string& arguments) {
  return test::browse("browser.py " + arguments);
}

const std::string data = TMM_TEST_DATA, screenshots = TMM_BUILD_DIR "/screenshots";

}  // namespace

TEST_CASE("the report page in a browser: charts, table, threshold, values, widths, no network") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto made =
      run_tmm("analyze -q " + data + "/clm_flat_toeplitz.h5 --layers 0,1,6 --null-draws 5 --sections 64 -o " +
              folder.file("r.html") + " --hdf5 " + folder.file("r.h5"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("report " + folder.file("r.h5") + " -o " + folder.file("r.json")).exit_code == 0);
  const auto result =
      browse("report " + folder.file("r.html") + " " + folder.file("r.json") + " " + screenshots);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

TEST_CASE("a page holds the scripts of its own kind, and is no larger for the others'") {
  const test::TemporaryFolder folder;
  run("printf 'step,train_loss\\n0,9\\n10,8\\n' > " + folder.file("m.csv"));
  const auto made = run_tmm("report " + folder.file("m.csv") + " -o " + folder.file("t.html"));
  if (page_missing(made)) return;
  const std::string compared = "compare -q --layers 0-2 " + data + "/clm_flat_toeplitz.h5 --against " + data +
                               "/copy_flat_toeplitz.h5 -o ";
  REQUIRE(run_tmm(compared + folder.file("c.html")).exit_code == 0);
  REQUIRE(run_tmm("analyze -q " + data + "/clm_flat_toeplitz.h5 -o " + folder.file("r.html")).exit_code == 0);
  const auto script = [&](const std::string& page) {
    const std::string text = test::read_text(folder.file(page));
    return text.substr(text.find("'use strict'; (() => {"));
  };
  const auto has = [&](const std::string& page, const std::string& name) {
    return script(page).find("const " + name + " =") != std::string::npos;
  };
  for (const std::string page : {"t.html", "c.html", "r.html"}) {
    INFO(page);
    CHECK(has(page, "trainingSection") == (page == "t.html"));
    CHECK(has(page, "comparisonSection") == (page == "c.html"));
    for (const std::string name : {"heatMap", "verdict", "distanceOfOrigin"})
      CHECK(has(page, name) == (page == "r.html"));
    for (const std::string name : {"stepsOf", "retentionSection", "repairSection"})
      CHECK_FALSE(has(page, name));
    CHECK(script(page).find("\n//") == std::string::npos);
  }
  // What a page of training and one of comparison held before they had printing, figures for papers and
  // links.
  CHECK(script("t.html").size() < 46'111);
  CHECK(script("c.html").size() < 46'111);
}

TEST_CASE("names from a checkpoint are text on the page") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto result = browse("hostile " TMM_BINARY " " + folder.path().string());
  if (page_missing(result)) return;
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

TEST_CASE("comparison and training pages in a browser") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto made = run_tmm("compare -q --layers 0-2 " + data + "/clm_flat_toeplitz.h5 --against " + data +
                            "/copy_flat_toeplitz.h5 -o " + folder.file("c.html"));
  if (page_missing(made)) return;
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  run("printf 'step,train_loss,validation_loss,index_0\\n0,9,9.1,128\\n10,8,,120\\n20,7,7.5,90\\n' > " +
      folder.file("m.csv"));
  REQUIRE(run_tmm("report " + folder.file("m.csv") + " -o " + folder.file("t.html")).exit_code == 0);
  std::string pages = folder.file("c.html") + " " + folder.file("t.html");
  if (const std::string run_folder = test::shared_file("families/hf_trainer_run"); !run_folder.empty()) {
    const std::string by_step = folder.file("run.html"), compared = folder.file("compared.html");
    REQUIRE(run_tmm("report " + run_folder + " -o " + by_step).exit_code == 0);
    REQUIRE(
        run_tmm("compare -q " + run_folder + " --against " + run_folder + "/checkpoint-250 -o " + compared)
            .exit_code == 0);
    pages += " " + by_step + " " + compared;
  }
  const auto result = browse("charts " + screenshots + " " + pages);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

TEST_CASE("256 operators of 1024 taps: below 15 MB, painted in 3 s", "[slow]") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto result = browse("large " TMM_BINARY " " + folder.path().string());
  if (page_missing(result)) return;
  WARN(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}
