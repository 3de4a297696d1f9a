// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "../reports.hpp"
#include "io/report/evaluation/jacobian_report.hpp"
#include "io/report/packed_numbers.hpp"
#include "model/network/random_network.hpp"
#include "page_element.hpp"
#include "support.hpp"

using namespace tmm;
using nlohmann::json;
using test::page_declares, test::page_element, test::page_missing;

namespace {

io::JacobianReport report_of(std::size_t full_limit, std::size_t samples = 2, std::size_t length = 5) {
  const auto network = model::load_network<double>(test::random_state("flat"));
  analysis::JacobianOptions options;
  options.full_limit = full_limit, options.steps = 6;
  io::JacobianReport report;
  report.file = "m.h5", report.sha256 = std::string(64, 'a'), report.source = "tokens.h5: tokens";
  report.objective = "clm", report.sequences = samples;
  for (std::size_t i = 0; i < samples; ++i) report.chosen.push_back(i);
  report.result =
      analysis::network_jacobian(network, test::random_batch(samples, length, true).ids, length, options);
  io::describe_derivative(network, report);
  return report;
}

std::string packed(const std::vector<double>& values) {
  return json::parse(io::packed<double>(values)).get<std::string>();
}

}  // namespace

TEST_CASE("the page of a derivative holds its JSON, and its measures as the table prints them") {
  if (page_missing()) return;
  for (const std::size_t full_limit : {4096U, 0U}) {
    const auto report = report_of(full_limit);
    const std::string page = io::jacobian_html(report, "9.9.9");
    CHECK(page_element(page, "jacobian") == json::parse(io::jacobian_json(report)));
    const json shown = page_element(page, "shown");
    CHECK(shown["program"]["version"] == "9.9.9");
    const std::string table = io::jacobian_table(report);
    for (const char* of : {"stream", "vector"})
      for (const auto& [id, cells] : shown[of].items()) {
        CAPTURE(of, id, table);
        REQUIRE(cells.size() == 5);
        for (const json& cell : cells) CHECK(table.find(cell.get<std::string>()) != std::string::npos);
      }
    CHECK(shown["blocks"].size() == 2);
    CHECK(shown["blocks"][0]["token_branch"]["log10_sigma_min"][0] == "-inf");  // LayerNorm
    CHECK(shown["positions"].size() == 5);
    CHECK(shown["spectra"]["vector"].size() == 2);
    CHECK(shown["spectra"]["stream"].size() == (full_limit == 0 ? 0 : 2));
  }
}

TEST_CASE("singular values on the page are those of the report, and noise among them is a bound") {
  if (page_missing()) return;
  auto report = report_of(4096);
  auto& map = report.result.samples[1].stream;
  REQUIRE(map.values.size() == 60);
  CHECK(page_element(io::jacobian_html(report, ""), "shown")["spectra"]["stream"][1]["values"] ==
        packed(map.values));
  map.error = map.values[40];
  const std::size_t known = analysis::known_values(map);
  REQUIRE((known > 0 && known < 41));
  std::vector<double> numbers(map.values.begin(), map.values.begin() + static_cast<std::ptrdiff_t>(known));
  std::vector<double> bounds(map.values.begin() + static_cast<std::ptrdiff_t>(known), map.values.end());
  for (double& bound : bounds) bound += map.error;
  const json drawn = page_element(io::jacobian_html(report, ""), "shown")["spectra"]["stream"][1];
  CHECK(drawn["values"] == packed(numbers));
  CHECK(drawn["upper_bounds"] == packed(bounds));
  CHECK(drawn["error"] == map.error);
  CHECK(drawn["float32_threshold"] == analysis::float32_threshold(map));
}

TEST_CASE("a page of a derivative holds the scripts of its kind, and names only as data") {
  if (page_missing()) return;
  auto report = report_of(0, 9, 2);
  report.file = "</script><img src=x onerror=alert(1)>{{SCRIPT}}";
  const std::string page = io::jacobian_html(report, "");
  CHECK(page.find("<img") == std::string::npos);
  CHECK(page_declares(page, "retentionSection"));
  for (const char* other : {"repairSection", "comparisonSection", "heatMap", "trainingSection", "provenance"})
    CHECK_FALSE(page_declares(page, other));
  CHECK(page_element(page, "shown")["spectra"]["vector"].size() == 8);  // of nine
  CHECK(page_element(page, "jacobian")["vector"]["by_sample"].size() == 9);
}
