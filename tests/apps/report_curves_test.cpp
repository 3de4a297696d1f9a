// SPDX-License-Identifier: MIT
// The curves that the report page draws, against what is proven of them; see browser_curves.py.
#include <catch2/catch.hpp>
#include <string>

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
  for (const char* name : {"copy_flat", "ae_flat", "copy_d512_n512_toeplitz_only"})
    if (const std::string file = test::shared_file(std::string("checkpoints/") + name + ".h5"); !file.empty())
      look_at_curves(file);
}

TEST_CASE("drawn curves: heads, derived taps and 256 random operators", "[slow]") {
  if (test::browser_missing()) return;
  for (const char* name : {"checkpoints/clm_h4.h5", "families/e010_nomean_clm_s1.safetensors"})
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
