// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "support.hpp"

using tmm::test::run_tmm;

TEST_CASE("usage errors end with 2, help and version with 0") {
  CHECK(run_tmm("").exit_code == 2);
  CHECK(run_tmm("frobnicate").exit_code == 2);
  CHECK(run_tmm("--help").exit_code == 0);
  CHECK(run_tmm("--version").exit_code == 0);
}

TEST_CASE("a comma list ends where it ends: the file after it is a file") {
  const std::string clm = TMM_TEST_DATA "/clm_flat_toeplitz.h5",
                    copy = TMM_TEST_DATA "/copy_flat_toeplitz.h5";
  const auto analyze = run_tmm("analyze -q --layers 0 --sections 32,64 " + clm);
  CHECK(analyze.err.empty());
  CHECK(analyze.exit_code == 0);
  CHECK(run_tmm("analyze -q --layers 0 --tau 0.5,0.1 --spectrum none " + clm).exit_code == 0);
  const auto compare = run_tmm("compare --measures winding_fraction " + clm + " --against " + copy);
  CHECK(compare.err.empty());
  CHECK(compare.exit_code == 0);
}
