// SPDX-License-Identifier: MIT
// The report page on paper, in files, under fingers and for who cannot see it; see browser_media.py.
#include <catch2/catch.hpp>
#include <string>

#include "browser.hpp"

using namespace tmm;
using test::run, test::run_tmm;

namespace {

const std::string data = TMM_TEST_DATA, screenshots = TMM_BUILD_DIR "/screenshots";

/// Whether pages can be made and looked at.
bool pages_here(const std::string& folder) {
  if (test::browser_missing()) return false;
  return !test::page_missing(
      run_tmm("analyze -q --layers 0 " + data + "/clm_flat_toeplitz.h5 -o " + folder + "/one.html"));
}

bool poppler_missing() {
  if (run("command -v pdftoppm && command -v pdftotext").exit_code == 0) return false;
  WARN("skipped: needs Debian's poppler-utils");
  return true;
}

void media(const std::string& arguments) {
  const auto result = test::browse("browser_media.py " + arguments);
  INFO(arguments);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

void make(const std::string& command) {
  const auto made = run_tmm(command);
  INFO(command);
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
}

/// A page of untrained layers.
std::string page_of(const test::TemporaryFolder& folder, int blocks, int heads, int n) {
  const std::string name = folder.file(std::to_string(blocks * heads) + "-operators");
  REQUIRE(test::browse("browser_media.py checkpoint " + name + ".h5 " + std::to_string(blocks) + " " +
                       std::to_string(heads) + " " + std::to_string(n))
              .exit_code == 0);
  make("analyze -q --null-draws 5 " + name + ".h5 -o " + name + ".html");
  return name + ".html";
}

/// Pages of a comparison and of training.
std::string other_pages(const test::TemporaryFolder& folder) {
  make("compare -q --layers 0-2 " + data + "/clm_flat_toeplitz.h5 --against " + data +
       "/copy_flat_toeplitz.h5 -o " + folder.file("comparison.html"));
  run("printf 'step,train_loss,validation_loss,index_0\\n0,9,9.1,128\\n10,8,,120\\n20,7,7.5,90\\n' > " +
      folder.file("m.csv"));
  make("report " + folder.file("m.csv") + " -o " + folder.file("training.html"));
  return folder.file("comparison.html") + " " + folder.file("training.html");
}

std::string eight(const test::TemporaryFolder& folder) {
  const std::string page = folder.file("clm_flat_toeplitz.html");
  make("analyze -q --null-draws 5 " + data + "/clm_flat_toeplitz.h5 -o " + page);
  return page;
}

/// Checksum of the file behind that page, and the program's version.
std::string origin() {
  return " " + run("sha256sum " + data + "/clm_flat_toeplitz.h5 | cut -c 1-64 | tr -d '\\n'").out + " " +
         run("'" TMM_BINARY "' --version | sed -n '1s/^tmm //p' | cut -d ' ' -f 1 | tr -d '\\n'").out;
}

}  // namespace

TEST_CASE("8 operators on paper: every chart has ink, no page is blank, no card is cut, no number breaks") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string()) || poppler_missing()) return;
  media("print " + eight(folder) + " " + folder.file("8.pdf") + " 8 135 −254.52 1.8·10⁻⁴ 14.11");
}

TEST_CASE("32 operators on paper: every chart has ink, no page is blank, no card is cut", "[slow]") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string()) || poppler_missing()) return;
  const std::string page = page_of(folder, 8, 4, 64);
  media("print " + page + " " + folder.file("32.pdf") + " 32");
  media("pictures " + screenshots + " " + page);
}

TEST_CASE("figures as files: light, vectors, at a journal's width, with model, SHA-256 and version") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string())) return;
  media("exports " + eight(folder) + " " + folder.file("downloads") + origin());
}

TEST_CASE("Provenance has a methods sentence and BibTeX") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string())) return;
  media("citation " + eight(folder) + origin());
}

TEST_CASE("on a phone a swipe scrolls, two fingers zoom, a button leads back, nothing is clipped") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string())) return;
  media("touch " + eight(folder));
}

TEST_CASE("axe-core finds nothing serious on any page, light and dark") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string())) return;
  const std::string axe = TMM_SOURCE_DIR "/tests/apps/page/axe/node_modules/axe-core/axe.min.js";
  if (!test::fs::exists(axe)) {
    WARN("skipped: needs axe-core (./dev test fetches it, or npm ci in tests/apps/page/axe)");
    return;
  }
  media("axe " + axe + " " + folder.file("one.html") + " " + eight(folder) + " " + other_pages(folder));
}

TEST_CASE("pictures of the report page at every width, in both modes and on paper") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string()) || poppler_missing()) return;
  media("pictures " + screenshots + " " + folder.file("one.html") + " " + eight(folder));
}

TEST_CASE("pictures of the pages of comparisons and training at every width", "[slow]") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string()) || poppler_missing()) return;
  media("pictures " + screenshots + " " + other_pages(folder));
}

TEST_CASE("256 operators on paper: what is left out is said", "[slow]") {
  const test::TemporaryFolder folder;
  if (!pages_here(folder.path().string()) || poppler_missing()) return;
  const std::string page = page_of(folder, 16, 16, 256);
  media("large " + page + " " + folder.file("256.pdf"));
  media("pictures " + screenshots + " " + page);
}
