// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <sstream>

#include "io/report/analysis_report.hpp"
#include "io/report/text_layout.hpp"
#include "io/result/read_report.hpp"
#include "reports.hpp"

using namespace tmm;
using Catch::Contains;

namespace {

void check_width(const std::string& table) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(io::display_width(line) <= 80);
    CHECK(line.find_last_not_of(' ') + 1 == line.size());
  }
}

}  // namespace

TEST_CASE("the table shows every status and explains it below") {
  const std::string table = io::report_table(test::report_of_everything());
  check_width(table);
  CHECK_THAT(table, Contains("4  3    1.000") && Contains("proven: N, N/(n-1)") && Contains("? undecided") &&
                        Contains("- not defined") && Contains("< below precision"));
  CHECK_THAT(table, Contains("layer 2: not Fredholm") && Contains("0 <= N <= 1 is proven: made by hand"));
  CHECK_THAT(table, Contains("7 operators: 1 invertible") && Contains("1 undecided."));
  CHECK_THAT(table, !Contains("\033["));
}

TEST_CASE("marks are explained only where they occur") {
  const std::string table = io::report_table(test::report_of({test::layer(0, {1, 0.25})}));
  CHECK_THAT(table, !Contains("undecided") && !Contains("not defined") && !Contains("below precision"));
}

TEST_CASE("long names, million-tap sizes and hostile names stay within 80 columns") {
  auto report = test::report_of_everything();
  auto& operators = report.models[0].operators;
  report.models[0].file = std::string(300, 'f').append("\033[31m.h5");
  report.models[0].architecture =
      "causal language model, heads, expanded token mixing, 123 blocks, H = 128, n = 1048576";
  operators[0].layer.taps.assign(1048576, 0);
  operators[0].measures[0].measure.value = 1048575;
  operators[1].layer.head = 100, operators[1].layer.row = 100, operators[1].layer.stage = 1;
  operators[2].layer.part = "", operators[2].layer.name = std::string(100, 'x').append("\nlayer");
  for (auto& op : operators)
    for (auto& [id, measure] : op.measures)
      if (id == "sigma_max") measure = {-1.2345e-100, analysis::Status::numerical, 1e-110, ""};
  const std::string table = io::report_table(report);
  check_width(table);
  CHECK_THAT(table, Contains("xxx…") && Contains("\\nlayer") && !Contains("\033"));
}

TEST_CASE("a numerical number in a column of proven ones is marked") {
  auto report = test::report_of({test::layer(0, {1, 0.25}), test::layer(1, {1, 0.25})});
  for (auto& [id, measure] : report.models[0].operators[1].measures)
    if (id == "winding_number") measure.status = analysis::Status::numerical;
  CHECK_THAT(io::report_table(report), Contains("~0") && Contains("~ numerical, not proven"));
}

TEST_CASE("zeros are listed on request, with the digits that are known") {
  auto report = test::report_of({test::layer(0, {1, 1, 0.5}), test::layer(1, {0, 2, 1})});
  CHECK_THAT(io::report_table(report), !Contains("zeros of layer"));
  report.options.zeros = true;
  const std::string table = io::report_table(report);
  check_width(table);
  // z² /2 + z + 1 = 0 at −1 ± i: modulus √2, angle 3π/4; 2z + z² = 0 at 0 and −2.
  CHECK_THAT(table, Contains("zeros of layer 0") && Contains("1.4142136 ±2.3561945"));
  CHECK_THAT(table,
             Contains("zeros of layer 1") && Contains("(1 at the origin)") && Contains("2.0000000  π"));
}

TEST_CASE("the plane has a table of its own where it was asked for, within 80 columns") {
  auto report = test::report_of({test::layer(0, {1, 2.5, 1}), test::layer(1, {0.5, 0.25})});
  CHECK(io::report_table(report).find("Kreiss") == std::string::npos);
  report.options.pseudospectra = {3, 2};
  report.options.keep_arrays = false;
  for (auto& op : report.models.front().operators) op = analysis::analyze(op.layer, report.options);
  const std::string table = io::report_table(report);
  INFO(table);
  CHECK(table.find("to another") != std::string::npos);
  CHECK(table.find(" inf") !=
        std::string::npos);  // the residual of layer 0 has an eigenvalue beyond the circle
  CHECK(table.find(" >0 ") != std::string::npos);  // a lower bound
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) CHECK(io::display_width(line) <= 80);
}

TEST_CASE("a cluster of zeros says how many it holds, zeros beyond the double range are bounds") {
  auto report = test::report_of({test::layer(0, {1, 3, 3, 1}), test::layer(1, {2.3e-236, 2.4e287, 0, 0}),
                                 test::layer(2, {2.4e287, 2.3e-236, 0, 0})});
  report.options.zeros = true;
  const std::string table = io::report_table(report);
  check_width(table);
  CHECK_THAT(table, Contains("1.0000000  π [3]") && Contains("\n< 5e-324\n") && Contains("\n> 1.8e+308\n"));
  const std::string json = io::report_json(report);
  CHECK_THAT(json, Contains("\"together\": 3"));
  CHECK(io::report_json(io::parse_report(json, "r.json")) == json);
}

TEST_CASE("color is only added around the same text") {
  const auto report = test::report_of_everything();
  std::string colored = io::report_table(report, {.color = true});
  CHECK_THAT(colored, Contains("\033[1m"));
  for (std::size_t escape; (escape = colored.find('\033')) != std::string::npos;)
    colored.erase(escape, colored.find('m', escape) - escape + 1);
  CHECK(colored == io::report_table(report));
}
