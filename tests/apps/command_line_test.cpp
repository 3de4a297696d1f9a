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
