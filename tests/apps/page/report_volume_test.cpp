// SPDX-License-Identifier: MIT
// Pages of very many operators; see browser_volume.py.
#include <catch2/catch.hpp>
#include <string>

#include "browser.hpp"

using namespace tmm;
using test::run, test::run_tmm;

namespace {

test::CommandResult volume(const std::string& arguments) {
  return test::browse("browser_volume.py " + arguments);
}

/// A command of browser_volume.py finds nothing wrong.
void look(const std::string& arguments) {
  const auto result = volume(arguments);
  INFO(arguments);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

/// 600 operators of 16 weights, analysed; whether that was possible. `result`: their saved analysis.
bool make_page(const test::TemporaryFolder& folder, const std::string& options) {
  REQUIRE(volume("checkpoint " + folder.file("m.h5") + " 12 50 16").exit_code == 0);
  const auto made =
      run("cd " + folder.path().string() + " && " TMM_BINARY " analyze -q m.h5 -o page.html " + options);
  if (test::page_missing(made)) return false;
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  return true;
}

}  // namespace

TEST_CASE(
    "600 operators on a page: every value, colour, count and order is that of the JSON, extremes have "
    "cards") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  if (!make_page(folder, "--hdf5 r.h5")) return;
  const std::string result = folder.file("edited.json"), page = folder.file("edited.html"),
                    chosen = "mixer_blocks.3.token_mixing_layer.mixer_heads.17.weight";
  REQUIRE(run_tmm("report " + folder.file("r.h5") + " -o " + result).exit_code == 0);
  REQUIRE(volume("edit " + result).exit_code == 0);
  const auto made = run_tmm("report " + result + " --cards '" + chosen + ",nobody.*' -o " + page);
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  look("page " + page + " " + result + " " + chosen + " " TMM_BUILD_DIR "/screenshots");
}

TEST_CASE("600 operators on a page: the commands for other cards make them") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  if (!make_page(folder, "--sections 8 --tau 0.25 --residual")) return;
  look("command " + folder.file("page.html") + " " + folder.path().string() + " " TMM_BINARY);
  REQUIRE(run("cd " + folder.path().string() +
              " && " TMM_BINARY " analyze -q m.h5 --force -o page.html --hdf5 \"it's.h5\"")
              .exit_code == 0);
  look("command " + folder.file("page.html") + " " + folder.path().string() + " " TMM_BINARY);
}

TEST_CASE("rows of arrays with commas in their names: the commands for their cards make them") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  REQUIRE(run("/usr/bin/python3 -c 'import h5py, numpy\n"
              "with h5py.File(\"" +
              folder.file("x.h5") +
              "\", \"w\") as f: f[\"layer[1]*.kernel\"] = "
              "numpy.float32(numpy.random.default_rng(1).standard_normal((30, 9, 8)))'")
              .exit_code == 0);
  const auto made =
      run("cd " + folder.path().string() +
          " && " TMM_BINARY " analyze -q x.h5 --taps '*.kernel' --transform softplus -o page.html");
  if (test::page_missing(made)) return;
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  look("command " + folder.file("page.html") + " " + folder.path().string() + " " TMM_BINARY);
}

TEST_CASE("600 operators on paper, in words and for who cannot see them") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  if (!make_page(folder, "--null-draws 5 --sections 8")) return;
  const auto words = test::browse("browser_sections.py words " + folder.file("page.html"));
  INFO(words.err);
  CHECK(words.out == "");
  if (run("command -v pdftoppm && command -v pdftotext").exit_code == 0)
    look("paper " + folder.file("page.html") + " " + folder.file("p.pdf"));
  else
    WARN("not looked at on paper: needs Debian's poppler-utils");
  const std::string axe = TMM_SOURCE_DIR "/tests/apps/page/axe/node_modules/axe-core/axe.min.js";
  if (!test::fs::exists(axe)) {
    WARN("axe-core is missing (./dev test fetches it, or npm ci in tests/apps/page/axe)");
    return;
  }
  const auto result = test::browse("browser_media.py axe " + axe + " " + folder.file("page.html"));
  INFO(result.err);
  CHECK(result.out == "");
}

TEST_CASE("8,192 operators of 512 weights: below 15 MB, painted in 3 s, filtered and sorted in 0.1 s",
          "[slow]") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  REQUIRE(volume("checkpoint " + folder.file("m.h5") + " 16 512 512").exit_code == 0);
  const auto made = run_tmm("analyze -q " + folder.file("m.h5") + " -o " + folder.file("page.html"));
  if (test::page_missing(made)) return;
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  const auto result = volume("fast " + folder.file("page.html"));
  WARN(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}
