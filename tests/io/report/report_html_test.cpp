// SPDX-License-Identifier: MIT
#include "io/report/report_html.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "io/report/metrics_page.hpp"
#include "io/report/page_assets.hpp"
#include "io/report/page_data.hpp"
#include "model/base/error.hpp"
#include "reports.hpp"
#include "support.hpp"

using namespace tmm;
using test::page_missing;

namespace {

/// JSON text of the data element `id`.
std::string element(const std::string& page, const std::string& id) {
  const std::string opening = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t begin = page.find(opening) + opening.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

}  // namespace

TEST_CASE("JSON in a page cannot end its element, and means the same") {
  const std::string text = "{\n  \"</script><!--\": \"a & b > c\",\n  \"x\": [\n    1\n  ]\n}\n";
  const std::string embedded = io::embeddable_json(text);
  CHECK(embedded.find_first_of("<>&\n") == std::string::npos);
  CHECK(nlohmann::json::parse(embedded) == nlohmann::json::parse(text));
}

TEST_CASE("a page carries the licence of the chart library inside it") {
  if (page_missing()) return;
  const std::string licence =
      TMM_SOURCE_DIR "/io/report/page/node_modules/plotly.js-cartesian-dist-min/LICENSE";
  const std::string page = io::report_html(test::report_of_everything());
  CHECK(page.find("Copyright (c) 2021 Plotly, Inc") < page.find("plotly.js (cartesian - minified)"));
  CHECK(page.find("The above copyright notice and this permission notice shall be included in\nall copies") !=
        std::string::npos);
  CHECK(page.find("Copyright (c) 2010-2016, Michael Bostock") <
        page.find("plotly.js (cartesian - minified)"));
  if (std::ifstream(licence)) CHECK(page.find(test::read_text(licence)) != std::string::npos);
}

TEST_CASE("the page holds the report's JSON, and hostile names only as data") {
  if (page_missing()) return;
  auto report = test::report_of_everything();
  report.models[0].operators[0].layer.name = "</script><img src=x onerror=alert(1)>{{PAGE}}{{PLOTLY}}";
  report.models[0].operators[0].layer.part = "<b>part</b>";
  const std::string page = io::report_html(report);
  CHECK(page.find("<img") == std::string::npos);
  CHECK(page.find("<b>part") == std::string::npos);
  CHECK(page.find("src=\"http") == std::string::npos);
  auto expected = nlohmann::json::parse(io::report_json(report));
  for (auto& op : expected["models"][0]["operators"]) {
    op["taps"] = nullptr;
    op["spectrum"]["singular_values"] = nullptr;
    if (!op["zeros"].is_null()) op["zeros"]["list"] = nullptr;
  }
  CHECK(nlohmann::json::parse(element(page, "report")) == expected);
  const auto shown = nlohmann::json::parse(element(page, "operators"));
  CHECK(shown.size() == 7);
  CHECK(shown[5]["texts"]["sigma_min"].get<std::string>().front() == '<');
  CHECK(shown[6]["texts"]["winding_number"] == "?");
  const auto arrays = nlohmann::json::parse(element(page, "arrays-0"));
  CHECK(arrays["taps"]["type"] == "f4");
  CHECK(arrays["taps"]["data"] == "AACAPwAAAEAAAEBAAACAQA==");  // 1, 2, 3, 4
}

TEST_CASE("metrics of a training run: columns as they are, anything else named by line") {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("metrics.csv");
  std::ofstream(file) << "step,train_loss,\"index, 0\"\n0,9.5,undecided\n10,,-1e3\n";
  const auto metrics = io::read_metrics_table(file);
  REQUIRE(metrics.columns.size() == 3);
  CHECK(metrics.columns[2].first == "index, 0");
  CHECK(std::isnan(metrics.columns[2].second[0]));
  CHECK(metrics.columns[2].second[1] == -1000);
  CHECK(std::isnan(metrics.columns[1].second[1]));
  if (!page_missing())
    CHECK(element(io::metrics_html(metrics, "9.9.9"), "training").find("[9.5,null]") != std::string::npos);
  std::ofstream(file) << "step,loss\n0,1,2\n";
  CHECK_THROWS_WITH(io::read_metrics_table(file), Catch::Contains("line 2"));
  std::ofstream(file) << "step,loss\n0,x\n";
  CHECK_THROWS_WITH(io::read_metrics_table(file), Catch::Contains("line 2") && Catch::Contains("loss"));
  std::ofstream(file) << "loss\n0\n";
  CHECK_THROWS_AS(io::read_metrics_table(file), FormatError);
}
