// SPDX-License-Identifier: MIT
// What people see at a terminal: progress, tables in the width there is, suggestions, help.
#include <catch2/catch.hpp>
#include <sstream>
#include <string>

#include "io/report/text_layout.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using test::run, test::run_tmm;

namespace {

const std::string flat = std::string(TMM_TEST_DATA) + "/clm_flat_toeplitz.h5",
                  copy = std::string(TMM_TEST_DATA) + "/copy_flat_toeplitz.h5";

/// Runs tmm with a terminal for its standard streams; what it wrote there.
std::string at_terminal(const std::string& arguments) {
  return run("script -qec \"" TMM_BINARY " " + arguments + "\" /dev/null </dev/null").out;
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, io::display_width(line));
  return widest;
}

}  // namespace

TEST_CASE("at a terminal analyze and compare show their progress in every phase, elsewhere none") {
  const test::TemporaryFolder folder;
  const std::string out = " --force -o " + folder.file("r.json");
  CHECK_THAT(at_terminal("analyze " + flat + " --null-draws 3" + out),
             Contains("8/8 operators") && Contains("3/3 fresh layers"));
  CHECK_THAT(at_terminal("compare " + flat + " --against " + copy + out), Contains("16/16 operators"));
  CHECK_THAT(at_terminal("analyze -q " + flat + out), !Contains("operators"));
  CHECK_THAT(at_terminal("analyze --no-progress " + flat + out), !Contains("operators"));
  CHECK_THAT(run_tmm("analyze " + flat + out).err, !Contains("operators"));
  CHECK_THAT(run_tmm("analyze --progress " + flat + out).err, Contains("8/8 operators"));
}

TEST_CASE("tables use the columns there are, never more, and files have 80") {
  for (const int columns : {40, 80, 120, 200}) {
    const std::string width = "COLUMNS=" + std::to_string(columns) + " " + TMM_BINARY + " ";
    CAPTURE(columns);
    const auto table = run(width + "analyze " + flat),
               compared = run(width + "compare " + flat + " --against " + copy);
    CHECK(widest_line(table.out) <= static_cast<std::size_t>(std::max(columns, 80)));
    CHECK(widest_line(compared.out) <= static_cast<std::size_t>(std::max(columns, 80)));
    CHECK(table.out.find("float32") != std::string::npos);
    CHECK((table.out.find("stable rank") != std::string::npos) == (columns == 200));
  }
  const test::TemporaryFolder folder;
  REQUIRE(run("COLUMNS=200 " TMM_BINARY " analyze -q " + flat + " -o " + folder.file("r.txt")).exit_code ==
          0);
  CHECK(test::read_text(folder.file("r.txt")) == run_tmm("analyze " + flat).out);
}

TEST_CASE("every row of the table says whether its operator is invertible") {
  const std::string table = run_tmm("analyze " + flat).out;
  for (const char* row : {"\n0      256  135    0.529  1.8e-04  0.6602  0.6581   -54.80         1  no\n",
                          "\n1      256    1    0.004  2.9e-01   2.288   1.710  -254.52         1  nearly\n"})
    CHECK_THAT(table, Contains(row));
  CHECK_THAT(table, Contains("nearly: 0 < N/(n-1) < 0.1"));
}

TEST_CASE("a mistyped command or option is answered with the one that was meant") {
  const auto meant = [](const std::string& arguments) { return run_tmm(arguments).err; };
  CHECK_THAT(meant("analise x.h5"), Contains("Did you mean analyze?"));
  CHECK_THAT(meant("analyze x.h5 --sectoins 4"), Contains("Did you mean --sections?"));
  CHECK_THAT(meant("analyze x.h5 --thread 2"), Contains("Did you mean --threads?"));
  CHECK_THAT(meant("analyze x.h5 --threads=0"), !Contains("Did you mean"));
  CHECK_THAT(meant("analyze x.h5 --xyzzy"), !Contains("Did you mean"));
  CHECK(run_tmm("analise x.h5").exit_code == 2);
}

TEST_CASE("tmm help COMMAND is tmm COMMAND --help") {
  for (const char* command : {"analyze", "compare", "convert", "evaluate", "generate", "info", "jacobian",
                              "repair", "report", "sweep", "train"})
    CHECK(run_tmm(std::string("help ") + command).out == run_tmm(std::string(command) + " --help").out);
  CHECK(run_tmm("help").out == run_tmm("--help").out);
  CHECK(run_tmm("help info").exit_code == 0);
}
