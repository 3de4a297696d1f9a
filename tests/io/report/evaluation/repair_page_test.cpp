// SPDX-License-Identifier: MIT
#include "io/report/evaluation/repair_page.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "../reports.hpp"
#include "page_element.hpp"

using namespace tmm;
using nlohmann::json;
using test::page_declares, test::page_element, test::page_missing;

namespace {

/// One layer with a zero inside, one that is invertible already, one with a zero on the circle.
io::RepairReport report_of_three() {
  io::RepairReport report;
  report.file = "m.h5", report.sha256 = std::string(64, 'a'), report.output = "out.h5";
  report.operators = 3;
  const std::vector<std::vector<double>> taps{{1, 2.5, 1}, {3, 1, 0.5}, {1, 1, 0}};
  for (int block = 0; block < 3; ++block) {
    io::RepairedLayer layer;
    layer.layer = test::layer(block, taps[static_cast<std::size_t>(block)]);
    layer.repair = analysis::repair(layer.layer.taps, report.target);
    layer.stored = layer.repair.reflection.taps;
    layer.after = analysis::winding_number(layer.stored);
    layer.modulus_error = layer.changed() ? 1.3e-8 : 0;
    report.layers.push_back(layer);
  }
  return report;
}

}  // namespace

TEST_CASE("the page of a repair holds its JSON, and its numbers as the table prints them") {
  if (page_missing()) return;
  auto report = report_of_three();
  report.warnings = {"</script><img src=x onerror=alert(1)>"};
  std::string page = io::repair_html(report, "9.9.9");
  CHECK(page_element(page, "repair") == json::parse(io::repair_json(report)));
  json shown = page_element(page, "shown");
  CHECK(shown["program"]["version"] == "9.9.9");
  CHECK(shown["changed"] == json({true, false, false}));
  CHECK(shown["layers"][0] == json({"1", "0", "1", "0", "0", shown["layers"][0][5], "1.3e-08"}));
  CHECK(shown["layers"][1] == json({"0", "0", "0", "0", "0", "-", "-"}));
  CHECK(shown["layers"][2][0] == "none");
  CHECK_FALSE(shown.contains("effects"));
  CHECK(page.find("<img") == std::string::npos);
  CHECK(page_declares(page, "repairSection"));
  for (const char* other : {"retentionSection", "comparisonSection", "heatMap", "provenance"})
    CHECK_FALSE(page_declares(page, other));

  const double unknown = std::numeric_limits<double>::quiet_NaN();
  report.effects =
      io::RepairEffects{2.5, 0.125, 3, 8, 24, {{"0", 2.75, 0.25, 0.0625}, {"", unknown, unknown, unknown}}};
  page = io::repair_html(report, "");
  shown = page_element(page, "shown");
  CHECK(page_element(page, "repair") == json::parse(io::repair_json(report)));
  CHECK(shown["effects"]["before"] == "2.5000 ± 0.1250");
  CHECK(shown["effects"]["rows"] == json({{"2.7500", "+0.2500", "0.0625"}, {"?", "?", "?"}}));
}
