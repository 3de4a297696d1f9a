// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "io/json/json_text.hpp"
#include "io/report/analysis_report.hpp"
#include "reports.hpp"

using namespace tmm;
using nlohmann::json;

TEST_CASE("the JSON report: schema, versions, conventions, one entry an operator") {
  const json report = json::parse(io::report_json(test::report_of_everything()));
  CHECK(report["schema"] == "tmm.analysis");
  CHECK(report["schema_version"] == io::report_schema_version);
  CHECK(report["program"]["version"] == "0.0.0");
  CHECK(report["program"]["libraries"]["Lib"] == "1.2");
  CHECK(report["conventions"].contains("symbol"));
  CHECK(report["conventions"].contains("fredholm_index"));
  const json& model = report["models"].at(0);
  CHECK(model["sha256"] == std::string(64, 'a'));
  REQUIRE(model["operators"].size() == 7);
  CHECK(model["summary"]["operators"] == 7);
  const json& first = model["operators"][0];
  CHECK(first["n"] == 4);
  CHECK(first["head"].is_null());
  CHECK(first["measures"]["winding_number"]["value"] == 3);
  CHECK(first["measures"]["fredholm_index"]["value"] == -3);
  CHECK(first["measures"]["fredholm_index"]["status"] == "certified");
}

TEST_CASE("every number of the JSON report reads back bit for bit") {
  const auto source = test::report_of_everything();
  const json report = json::parse(io::report_json(source));
  std::size_t compared = 0;
  for (std::size_t i = 0; i < source.models[0].operators.size(); ++i) {
    const json& op = report["models"][0]["operators"][i];
    for (const auto& [id, measure] : source.models[0].operators[i].measures) {
      const json& found = op["measures"][id];
      INFO(id << " of operator " << i);
      CHECK(found["status"] == std::string(name(measure.status)));
      CHECK(found["method"] == measure.method);
      if (measure.status == analysis::Status::below_precision) {
        CHECK(found["value"].is_null());
        const bool upper = measure.bound == analysis::Measure::Bound::upper;
        CHECK(found[upper ? "upper_bound" : "lower_bound"].get<double>() == measure.value);
      } else if (std::isfinite(measure.value)) {
        CHECK(found["value"].get<double>() == measure.value);
        CHECK(found["error"].get<double>() == measure.error);
        ++compared;
      } else {
        CHECK(found["value"].is_null());
        CHECK(found.contains("value_text") == std::isinf(measure.value));
      }
    }
  }
  CHECK(compared > 50);
}

TEST_CASE("JSON text: bare NaN and infinity never appear, doubtful results say so") {
  const std::string text = io::report_json(test::report_of_everything());
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find(": inf") == std::string::npos);
  const json operators = json::parse(text)["models"][0]["operators"];
  CHECK(operators[1]["measures"]["condition"]["value_text"] == "inf");
  CHECK(operators[2]["winding"]["status"] == "not Fredholm");
  CHECK(operators[2]["winding"]["number"].is_null());
  CHECK(operators[5]["measures"]["sigma_min"]["value"].is_null());
  CHECK(operators[5]["spectrum"]["singular_values"].back()["value"].is_null());
  CHECK(operators[5]["spectrum"]["singular_values"].back()["status"] == "below precision");
  CHECK(operators[6]["winding"]["status"] == "undecided");
  CHECK(operators[6]["winding"]["highest"] == 1);
  CHECK(operators[6]["warnings"][0] == "a check failed, \"quoted\", with a comma");
}

TEST_CASE("names that are not UTF-8 still make valid JSON") {
  CHECK(json::parse(io::json_string("a\xff\"\n")) == "a\xEF\xBF\xBD\"\n");
  CHECK(io::json_number(NAN) == "null");
  CHECK(io::json_number(-0.0) == "-0.0");
  CHECK(io::json_array({}, 1) == "[]");
}
