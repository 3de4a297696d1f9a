// SPDX-License-Identifier: MIT
// The plane of λ on the cards of a report page; see browser_plane.py.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "browser.hpp"
#include "io/hdf5/array_file.hpp"

using namespace tmm;
using test::run_tmm;

namespace {

const std::string clm = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5";

}  // namespace

TEST_CASE("the plane on a card shows certified indices as colours and labels, and nothing else as one") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  const std::string page = folder.file("p.html"), json = folder.file("p.json");
  const std::string options = " --layers 1,5 --spectrum none --pseudospectra --grid 21x11 ";
  const auto made = run_tmm("analyze -q " + clm + options + "-o " + page);
  if (test::page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("analyze -q " + clm + options + "-o " + json).exit_code == 0);
  const auto result =
      test::browse("browser_plane.py " + page + " " + json + " " TMM_BUILD_DIR "/screenshots");
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

TEST_CASE("a page holds no more of a plane than it can show, and none that was not asked for") {
  const test::TemporaryFolder folder;
  const std::string page = folder.file("p.html"), file = folder.file("m.h5");
  {
    io::ArrayWriter writer(file);
    const std::vector<double> taps{0.1, 1, -0.5, 0.25, 0.5, 0.3};
    writer.dataset("mixer_blocks/0/token_mixing_layer/weight", std::vector<std::size_t>{1, 6}, taps);
    writer.dataset("mixer_blocks/0/token_mixing_layer/bias", std::vector<std::size_t>{6}, taps);
    writer.finish();
  }
  const std::string rest = "analyze -q " + file + " --spectrum none --force -o " + page;
  const auto size_of = [&](const std::string& options) {
    const auto made = run_tmm(rest + options);
    return made.exit_code == 0 ? test::read_text(page).size() : 0;
  };
  const auto without = size_of("");
  if (without == 0) return;  // built without the chart library
  CHECK(test::read_text(page).find("\"plane\":") == std::string::npos);
  const auto plain = size_of(" --pseudospectra");
  CHECK(plain - without < 32'000);
  const auto finest = size_of(" --pseudospectra --grid 401x201");
  CHECK(finest - without < 100'000);
}
