// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

#include "io/report/analysis_report.hpp"
#include "reports.hpp"

using namespace tmm;

namespace {

/// A minimal RFC 4180 reader.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"')
      rows.back().back() += '"', ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      rows.back().emplace_back();
    else if (c == '\n' && !quoted)
      rows.push_back({""});
    else
      rows.back().back() += c;
  }
  rows.pop_back();
  return rows;
}

}  // namespace

TEST_CASE("warnings of a file are the last column of CSV, which is there only where a file has any") {
  auto source = test::report_of({test::layer(0, {1, 2})});
  CHECK(parse_csv(io::report_csv(source))[0].back() == "null_rank");
  source.models.push_back(source.models[0]);
  source.models[1].warnings = {"one, \"quoted\"", "two"};
  const auto rows = parse_csv(io::report_csv(source));
  CHECK(rows[0].back() == "warnings");
  for (const auto& row : rows) CHECK(row.size() == rows[0].size());
  CHECK(rows[1].back().empty());
  CHECK(rows.back().back() == "one, \"quoted\" two");
}

TEST_CASE("the CSV report: the documented header, one full row a measure, numbers bit for bit") {
  auto source = test::report_of_everything();
  source.models[0].file = "a, \"b\".h5";
  const auto rows = parse_csv(io::report_csv(source));
  const std::vector<std::string> header{
      "file",    "sha256",    "tmm_version",    "name",         "part",        "block",
      "head",    "row",       "stage",          "dtype",        "n",           "section",
      "measure", "value",     "status",         "error",        "lower_bound", "upper_bound",
      "method",  "null_mean", "null_deviation", "null_z_score", "null_rank"};
  REQUIRE(rows.at(0) == header);
  std::size_t at = 1;
  for (const auto& op : source.models[0].operators)
    for (const auto& [id, measure] : op.measures) {
      REQUIRE(at < rows.size());
      const auto& row = rows[at++];
      REQUIRE(row.size() == header.size());
      INFO(op.layer.name << " " << id);
      CHECK(row[0] == "a, \"b\".h5");
      CHECK(row[3] == op.layer.name);
      CHECK(row[6].empty());
      CHECK(row[11].empty());
      CHECK(row[12] == id);
      for (std::size_t column = 19; column < 23; ++column) CHECK(row[column].empty());
      CHECK(row[14] == std::string(name(measure.status)));
      CHECK(row[18] == measure.method);
      if (measure.status == analysis::Status::below_precision) {
        CHECK(row[13].empty());
        CHECK(std::strtod(row[measure.bound == analysis::Measure::Bound::lower ? 16 : 17].c_str(), nullptr) ==
              measure.value);
      } else if (std::isnan(measure.value)) {
        CHECK(row[13].empty());
      } else {
        CHECK(std::strtod(row[13].c_str(), nullptr) == measure.value);
        CHECK(std::strtod(row[15].c_str(), nullptr) == measure.error);
      }
    }
  CHECK(at == rows.size());
}
