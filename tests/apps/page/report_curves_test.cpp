// SPDX-License-Identifier: MIT
// The curves that the report page draws, against what is proven of them; see browser_curves.py.
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "browser.hpp"

using namespace tmm;
using test::run_tmm;

namespace {

/// Analyses `file` into a page and JSON and looks at every curve.
void look_at_curves(const std::string& file, const std::string& options = "") {
  const test::TemporaryFolder folder;
  const std::string page = folder.file("r.html"), source = folder.file("r.json");
  const auto made = run_tmm("analyze -q --spectrum none " + options + " " + file + " -o " + page);
  if (test::page_missing(made)) return;
  CAPTURE(file, made.err);
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("analyze -q --spectrum none " + options + " " + file + " -o " + source).exit_code == 0);
  const auto result = test::browse("browser_curves.py " + page + " " + source);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

}  // namespace

TEST_CASE(
    "drawn curves turn N times about 0, keep off the proven disc and within half a pixel of the symbol") {
  if (test::browser_missing()) return;
  const std::string data = TMM_TEST_DATA;
  look_at_curves(data + "/clm_flat_toeplitz.h5");
  const std::pair<const char*, const char*> further[] = {
      {"copy_flat", ""}, {"ae_flat", "--layers 1,4"}, {"copy_d512_n512_toeplitz_only", "--layers 2,13"}};
  for (const auto& [name, layers] : further)
    if (const std::string file = test::shared_file(std::string("checkpoints/") + name + ".h5"); !file.empty())
      look_at_curves(file, layers);
}

TEST_CASE("charts of an operator: its angle rises by N, and every zero and every singular value is a point") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  const std::string page = folder.file("r.html"), source = folder.file("r.json"), file = folder.file("w.h5");
  // Two zeros at 0, then what training made.
  const auto weights = test::run(
      "/usr/bin/python3 -c 'import h5py, numpy\n"
      "f = h5py.File(\"" +
      file +
      "\", \"w\")\n"
      "w = numpy.random.default_rng(5).standard_normal(64)\n"
      "w[:2] = 0\n"
      "f[\"mixer_blocks.0.token_mixing_layer.weight\"] = numpy.float32([w])\n"
      "f[\"mixer_blocks.0.token_mixing_layer.bias\"] = numpy.zeros(64, numpy.float32)'");
  REQUIRE(weights.exit_code == 0);
  const std::string trained = TMM_TEST_DATA "/clm_flat_toeplitz.h5 --layers 0,1,6";
  for (const std::string* made_of : {&file, &trained}) {
    const std::string& input = *made_of;
    const auto made = run_tmm("analyze -q --force " + input + " -o " + page);
    if (test::page_missing(made)) return;
    CAPTURE(input, made.err);
    REQUIRE(made.exit_code == 0);
    REQUIRE(run_tmm("analyze -q --force " + input + " -o " + source).exit_code == 0);
    const auto result =
        test::browse("browser_operator.py " + page + " " + source + " " + folder.path().string());
    INFO(result.err);
    CHECK(result.out == "");
    CHECK(result.exit_code == 0);
  }
}

TEST_CASE("drawn curves: heads, derived taps and 256 random operators", "[slow]") {
  if (test::browser_missing()) return;
  for (const char* name : {"checkpoints/ae_flat.h5", "checkpoints/copy_d512_n512_toeplitz_only.h5",
                           "checkpoints/clm_h4.h5", "families/e010_nomean_clm_s1.safetensors"})
    if (const std::string file = test::shared_file(name); !file.empty()) look_at_curves(file);
  const test::TemporaryFolder folder;
  const std::string file = folder.file("random.h5");
  const auto made = test::run(
      "/usr/bin/python3 -c 'import h5py, numpy\n"
      "r = numpy.random.default_rng(3)\n"
      "f = h5py.File(\"" +
      file +
      "\", \"w\")\n"
      "for i in range(256):\n"
      "  n = 8 * 2 ** (i % 6)\n"
      "  f[\"mixer_blocks.%d.token_mixing_layer.weight\" % i] = numpy.float32([r.standard_normal(256) * "
      "(numpy.arange(256) < n) / 16])\n"
      "  f[\"mixer_blocks.%d.token_mixing_layer.bias\" % i] = numpy.zeros(256, numpy.float32)'");
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  look_at_curves(file);
}
