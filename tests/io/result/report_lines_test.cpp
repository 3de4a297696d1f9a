// SPDX-License-Identifier: MIT
#include "io/result/report_lines.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/report/reports.hpp"

using namespace tmm;
using Json = nlohmann::ordered_json;

TEST_CASE("JSON lines: every line is the operator of the document, behind file and hash") {
  auto report = test::report_of_everything();
  report.models.front().file = "a \"name\",\n of two lines.h5";
  std::string text;
  for (const auto arrays : {io::ReportArrays::written, io::ReportArrays::left_out}) {
    text.clear();
    io::ReportLines lines([&](std::string_view piece) { text += piece; }, arrays);
    lines.begin(io::frame_of(report));
    for (std::size_t k = 0; k < report.models.front().operators.size(); ++k)
      lines.add(0, k, report.models.front().operators[k]);
    lines.finish(report);
    const Json document = Json::parse(io::report_json(report, arrays));
    std::istringstream stream(text);
    std::string line;
    std::size_t k = 0;
    for (; std::getline(stream, line); ++k) {
      Json found = Json::parse(line);
      CHECK(found["file"] == document["models"][0]["file"]);
      CHECK(found["sha256"] == document["models"][0]["sha256"]);
      found.erase("file");
      found.erase("sha256");
      CHECK(found == document["models"][0]["operators"][k]);
    }
    CHECK(k == report.models.front().operators.size());
  }
}
