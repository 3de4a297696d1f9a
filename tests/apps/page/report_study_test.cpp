// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "apps/sweep/studies.hpp"
#include "browser.hpp"

using namespace tmm;

TEST_CASE("the page of a study: its numbers are those of the tables, its charts follow the chosen layer") {
  if (test::browser_missing()) return;
  const test::TemporaryFolder folder;
  test::write_study(folder.file("s.toml"),
                    test::small_runs +
                        "toeplitz = [\"free\", \"minimum-phase\"]\nseed = [1, 2]\n[kind]\nclm = "
                        "{}\ncopy = {objective = \"copy\"}\n");
  const auto made = test::sweep_in(folder, "s.toml -o out -q --jobs 2");
  if (test::page_missing(made)) return;
  REQUIRE(made.exit_code == 0);
  const auto result =
      test::browse("browser_study.py " + folder.file("out/study.html") + " " + folder.file("out/study.txt"));
  INFO(result.err);
  CHECK(result.out == "");
  CHECK(result.exit_code == 0);
}
