// SPDX-License-Identifier: MIT
#include "io/report/paper_table.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "analysis/symbols.hpp"
#include "io/report/format_measure.hpp"
#include "io/report/reports.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using Catch::Contains;
using io::PaperFormat;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

io::AnalysisReport report_of(const std::vector<std::vector<double>>& all) {
  io::AnalysisReport report = test::report_of_everything();
  report.models.resize(1);
  report.models[0].operators.clear();
  for (const auto& taps : all) {
    model::LayerOperator layer;
    layer.name = "a_b&c|d";
    layer.taps = taps;
    report.models[0].operators.push_back(analysis::analyze(layer));
  }
  return report;
}

}  // namespace

TEST_CASE("paper tables: as many cells in every row as in the heading, names cannot break them") {
  const io::AnalysisReport report = report_of({{1, 0.5}, {1, 1}, {0, 0, 1}, {1, 2, 3}});
  const std::string latex = io::paper_table(report, {}, PaperFormat::latex),
                    markdown = io::paper_table(report, {}, PaperFormat::markdown);
  std::size_t rows = 0;
  for (const std::string& line : lines_of(latex)) {
    if (!line.ends_with(" \\\\")) continue;
    ++rows;
    CHECK(std::ranges::count(line, '&') - (line.find("\\&") != std::string::npos ? 1 : 0) == 7);
  }
  CHECK(rows == 5);
  CHECK_THAT(latex, Contains("a\\_b\\&c|d") && Contains("\\toprule") && Contains("\\item[a] numerical"));
  CHECK_THAT(markdown, Contains("a\\_b&c\\|d"));
  for (const std::string& line : lines_of(markdown))
    if (line.starts_with("|"))
      CHECK(std::ranges::count(line, '|') - (line.find("\\|") != std::string::npos ? 1 : 0) == 9);
  for (const std::string* text : {&latex, &markdown}) {
    CHECK_THAT(*text, Contains(report.models[0].sha256) && Contains("tmm " + report.program_version));
  }
}

TEST_CASE("paper tables and the wide CSV carry what the files' warnings say") {
  io::AnalysisReport report = report_of({{1, 0.5}});
  report.models[0].warnings = {"taken for a Toeplitz operator & more"};
  CHECK_THAT(io::paper_table(report, {}, PaperFormat::latex),
             Contains("\\item taken for a Toeplitz operator \\& more"));
  CHECK_THAT(io::paper_table(report, {}, PaperFormat::markdown),
             Contains("taken for a Toeplitz operator & more"));
  CHECK_THAT(io::wide_csv(report, {}),
             Contains(",warnings\n") && Contains(",taken for a Toeplitz operator & more\n"));
}

TEST_CASE("paper tables: a hostile file name stays in its comment") {
  io::AnalysisReport report = report_of({{1, 0.5}});
  report.models[0].file = "--> \n\\input{x} <script>";
  for (const std::string& line : lines_of(io::paper_table(report, {}, PaperFormat::latex)))
    if (line.find("input{x}") != std::string::npos) CHECK(line.starts_with("% "));
  const std::string markdown = io::paper_table(report, {}, PaperFormat::markdown);
  CHECK(markdown.find("--> ") == std::string::npos);
}

TEST_CASE(
    "printed lower bounds are never above what is proven, in tables for papers and wherever that function "
    "prints") {
  std::vector<std::vector<double>> all;
  for (std::uint64_t seed = 0; seed < 200; ++seed) all.push_back(test::gaussian_taps(2 + seed % 30, seed));
  const io::AnalysisReport report = report_of(all);
  int close = 0;  // digits are cut at the distance of the upper end: some lower ends keep none
  for (const auto& op : report.models[0].operators)
    for (const char* id : {"index_margin", "index_margin_relative", "index_radius"}) {
      const analysis::Measure* m = op.find(id);
      REQUIRE(m != nullptr);
      if (m->status != analysis::Status::certified) continue;
      const double printed = std::stod(io::format_measure(*m, io::measure_style(id)));
      CHECK(printed <= m->value);
      close += printed >= 0.9 * m->value ? 1 : 0;
    }
  CHECK(close > 300);
}

TEST_CASE(
    "chosen measures are columns, unknown ones are refused, and the wide CSV has a row for every operator") {
  const io::AnalysisReport report = report_of({{1, 0.5}, {1, 3}, {1, 1}});
  const std::vector<std::string> ids{"winding_number", "sigma_min"}, wrong{"winding"};
  const auto lines = lines_of(io::wide_csv(report, ids));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] ==
        "file,sha256,tmm_version,name,part,block,head,row,stage,dtype,n,winding_number,winding_number_error,"
        "winding_"
        "number_status,sigma_min,sigma_min_error,sigma_min_status");
  CHECK_THAT(lines[1], Contains(",2,0,0,certified,"));
  CHECK_THAT(lines[2], Contains(",2,1,0,certified,"));
  for (const std::string& line : lines)
    CHECK(std::ranges::count(line, ',') == std::ranges::count(lines[0], ','));
  const auto whole = lines_of(io::wide_csv(report, {}));
  for (const auto& named : report.models[0].operators[0].measures)
    CHECK_THAT(whole[0], Contains("," + named.id + "," + named.id + "_error,"));
  CHECK_THROWS_AS(io::wide_csv(report, wrong), ArgumentError);
  CHECK_THROWS_AS(io::paper_table(report, wrong, PaperFormat::latex), ArgumentError);
}
