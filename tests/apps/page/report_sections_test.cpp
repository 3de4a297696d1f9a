// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "browser.hpp"

using namespace tmm;
using test::browser_missing, test::page_missing, test::run, test::run_tmm, test::shared_file;

namespace {

const std::string data = TMM_TEST_DATA, clm = data + "/clm_flat_toeplitz.h5",
                  copy = data + "/copy_flat_toeplitz.h5";

/// `command` of browser_sections.py finds nothing wrong.
void look(const std::string& command) {
  const auto result = test::browse("browser_sections.py " + command);
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}

/// Sixty operators of 32 weights in heads; every third is invertible.
bool write_many(const std::string& file) {
  return run("/usr/bin/python3 -c 'import h5py, numpy\n"
             "r = numpy.random.default_rng(1)\n"
             "f = h5py.File(\"" +
             file +
             "\", \"w\")\n"
             "for b in range(10):\n"
             "  for h in range(6):\n"
             "    w = r.standard_normal(32) * 0.2\n"
             "    w[0] = w[0] + (8 if h % 3 == 0 else 0)\n"
             "    p = \"mixer_blocks.%d.token_mixing_layer.mixer_heads.%d.\" % (b, h)\n"
             "    f[p + \"weight\"] = numpy.float32([w])\n"
             "    f[p + \"bias\"] = numpy.zeros(32, numpy.float32)'")
             .exit_code == 0;
}

}  // namespace

TEST_CASE("links of the report page land on their target at every width, and by fragment on load") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto made = run_tmm("analyze -q " + clm + " --null-draws 5 -o " + folder.file("eight.html"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("analyze -q " + clm + " --layers 1 -o " + folder.file("one.html")).exit_code == 0);
  REQUIRE(write_many(folder.file("many.h5")));
  REQUIRE(run_tmm("analyze -q " + folder.file("many.h5") + " -o " + folder.file("many.html")).exit_code == 0);
  look("links " + folder.file("one.html") + " " + folder.file("eight.html") + " " + folder.file("many.html"));
}

TEST_CASE("heat map: every number has a colour with a meaning, in light and dark, and leads to its card") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto made =
      run_tmm("analyze -q " + clm + " -o " + folder.file("r.html") + " --hdf5 " + folder.file("r.h5"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("report " + folder.file("r.h5") + " -o " + folder.file("r.json")).exit_code == 0);
  look("heat " + folder.file("r.html") + " " + folder.file("r.json"));
}

TEST_CASE("pages of many operators: closed cards, a box of names, order and filter in the address") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  REQUIRE(write_many(folder.file("many.h5")));
  const auto made =
      run_tmm("analyze -q " + folder.file("many.h5") + " " + clm + " -o " + folder.file("many.html"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  look("many " + folder.file("many.html"));
}

TEST_CASE("the page shows proven bounds on their safe side, those of leading sections too") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto made = run_tmm("analyze -q " + clm + " --sections 32,64,128,200 -o " + folder.file("r.html") +
                            " --hdf5 " + folder.file("r.h5"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("report " + folder.file("r.h5") + " -o " + folder.file("r.json")).exit_code == 0);
  look("bounds " + folder.file("r.html") + " " + folder.file("r.json"));
}

TEST_CASE("comparison page: log axes, one axis of trajectories, their CSV and names, what is adjusted") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  std::string a = clm, b = copy, command = "comparison ";
  const std::string of_a = shared_file("checkpoints/clm_flat.trajectory.h5"),
                    of_b = shared_file("checkpoints/copy_flat.trajectory.h5");
  if (!of_a.empty() && !of_b.empty()) {
    a += " " + of_a;
    b += " " + of_b;
    command += "--trajectories ";
  }
  const auto made =
      run_tmm("compare -q " + a + " --against " + b + " --names clm,copy -o " + folder.file("c.html"));
  if (page_missing(made)) return;
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  look(command + folder.file("c.html"));
}

TEST_CASE("words of pages: one notation, explained heads, a glossary of what occurs, provenance") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto made =
      run_tmm("analyze -q " + clm + " --null-draws 5 --sections 64 -o " + folder.file("r.html"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("compare -q " + clm + " --against " + copy + " -o " + folder.file("c.html")).exit_code ==
          0);
  run("printf 'step,train_loss,validation_loss,index_0\n0,9,9.1,128\n10,8,,120\n' > " +
      folder.file("metrics.csv"));
  run("printf '[model]\nwidth = 64\n[run]\nsteps = 20\n' > " + folder.file("config.toml"));
  REQUIRE(run_tmm("report " + folder.file("metrics.csv") + " -o " + folder.file("training.html")).exit_code ==
          0);
  look("words " + folder.file("r.html") + " " + folder.file("c.html") + " " + folder.file("training.html"));
}

TEST_CASE("whole layers say how an index is made up, and marks stay under the fixed column") {
  if (browser_missing()) return;
  const std::string file = shared_file("checkpoints/clm_flat.h5");
  if (file.empty()) return;
  const test::TemporaryFolder folder;
  const auto made = run_tmm("analyze -q " + file + " -o " + folder.file("r.html"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  look("layers " + folder.file("r.html"));
}

TEST_CASE("any measure by depth, with the band of freshly initialised layers") {
  if (browser_missing()) return;
  const test::TemporaryFolder folder;
  const auto made = run_tmm("analyze -q " + clm + " --null-draws 5 -o " + folder.file("r.html") + " --hdf5 " +
                            folder.file("r.h5"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("report " + folder.file("r.h5") + " -o " + folder.file("r.json")).exit_code == 0);
  look("depth " + folder.file("r.html") + " " + folder.file("r.json"));
}

TEST_CASE(
    "curves of heads stand in a grid of layers and heads, and any two operators side by side on common "
    "scales") {
  if (browser_missing()) return;
  const std::string file = shared_file("checkpoints/clm_h4.h5");
  if (file.empty()) return;
  const test::TemporaryFolder folder;
  const auto made = run_tmm("analyze -q " + file + " --layers 0,1 -o " + folder.file("r.html") + " --hdf5 " +
                            folder.file("r.h5"));
  if (page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  REQUIRE(run_tmm("report " + folder.file("r.h5") + " -o " + folder.file("r.json")).exit_code == 0);
  look("pairs " + folder.file("r.html") + " " + folder.file("r.json"));
}
