// SPDX-License-Identifier: MIT
// One rule for what is not finite, in every format (analysis/base/measure.hpp,
// io/report/analysis_report.hpp).
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "io/hdf5/array_file.hpp"
#include "io/report/comparison_report.hpp"
#include "io/result/read_report.hpp"
#include "io/result/result_store.hpp"
#include "reports.hpp"
#include "support.hpp"

using namespace tmm;
using nlohmann::json;

namespace {

constexpr double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();

/// Operators whose quantities are infinite, beyond the greatest double, or below the least normal one.
io::AnalysisReport wild_report(analysis::SpectrumChoice spectrum) {
  io::AnalysisReport report = test::report_of({});
  report.options.spectrum = spectrum;
  const std::vector<model::LayerOperator> layers{
      test::layer(0, {most, most, most}), test::layer(1, {0, 1, 2}),
      test::layer(2, {least, 2 * least}), test::layer(3, {-1.11, -0.219, 6.57e299}),
      test::layer(4, {0, 0, most}),       test::layer(5, {0, 0}),
      test::layer(6, {1, -1, 0, 0}),      test::layer(7, {1, 0.5})};
  report.models[0].operators = analysis::analyze_all(layers, report.options, 1);
  return report;
}

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

std::string compared(const io::AnalysisReport& report, io::ComparisonReport comparison = {}) {
  const std::span<const analysis::OperatorReport> all(report.models[0].operators);
  const analysis::ComparedModel a{"a", all.first(4)}, b{"b", all.subspan(4)};
  comparison.comparison = analysis::compare({&a, 1}, {&b, 1});
  return io::comparison_json(comparison) + io::comparison_csv(comparison);
}

}  // namespace

TEST_CASE("what is not finite reads back from JSON and HDF5, and saved reports compare as fresh ones") {
  for (const auto mode : {analysis::SpectrumChoice::full, analysis::SpectrumChoice::extreme}) {
    const auto fresh = wild_report(mode);
    const test::TemporaryFolder folder;
    io::write_report_hdf5(fresh, folder.file("r.h5"), false);
    for (const auto& saved :
         {io::parse_report(io::report_json(fresh), "r.json"), io::read_report(folder.file("r.h5"))}) {
      for (std::size_t k = 0; k < fresh.models[0].operators.size(); ++k) {
        const auto &a = fresh.models[0].operators[k].measures, &b = saved.models[0].operators[k].measures;
        REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
          CAPTURE(k, a[i].id, a[i].measure.value, a[i].measure.error);
          CHECK(a[i].id == b[i].id);
          CHECK(a[i].measure.status == b[i].measure.status);
          CHECK(same(a[i].measure.value, b[i].measure.value));
          CHECK(a[i].measure.error == b[i].measure.error);
        }
      }
      CHECK(compared(saved) == compared(fresh));
      CHECK(io::report_csv(saved) == io::report_csv(fresh));
      CHECK(io::report_table(saved) == io::report_table(fresh));
    }
  }
}

TEST_CASE("an infinite quantity is inf in CSV and HDF5, null with its text in JSON, and nothing else is") {
  const auto report = wild_report(analysis::SpectrumChoice::full);
  const test::TemporaryFolder folder;
  io::write_report_hdf5(report, folder.file("r.h5"), false);
  const json parsed = json::parse(io::report_json(report));
  const std::string csv = io::report_csv(report);
  CHECK(csv.find("nan") == std::string::npos);
  std::size_t infinite = 0;
  for (std::size_t k = 0; k < report.models[0].operators.size(); ++k) {
    const auto& op = report.models[0].operators[k];
    const auto rows =
        io::read_array<double>(folder.file("r.h5"), "models/0/operators/" + std::to_string(k) + "/measures")
            .values;
    for (std::size_t i = 0; i < op.measures.size(); ++i) {
      const auto& [id, measure] = op.measures[i];
      const json& object = parsed["models"][0]["operators"][k]["measures"][id];
      const bool is_infinite = std::isinf(measure.value);
      CAPTURE(k, id, measure.value);
      CHECK(object.contains("value_text") == is_infinite);
      CHECK(std::isinf(rows[3 * i]) == is_infinite);
      CHECK_FALSE(std::isinf(rows[3 * i + 1]));
      if (!is_infinite) continue;
      ++infinite;
      const std::string text = measure.value > 0 ? "inf" : "-inf";
      CHECK(object["value"].is_null());
      CHECK(object["value_text"] == text);
      CHECK(object["error"] == 0);
      CHECK(csv.find(id + "," + text + ",certified,0,") != std::string::npos);
    }
  }
  CHECK(infinite >= 4);  // condition and logarithms of the operators with w_0 = 0
}

TEST_CASE("the comparison's JSON writes infinities as the analysis does") {
  const auto report = wild_report(analysis::SpectrumChoice::full);
  const std::string text = compared(report);
  CHECK(text.find("\": \"inf\"") != std::string::npos);
  const json parsed = json::parse(text.substr(0, text.find("\n}\n") + 3));
  for (const json& measure : parsed["measures"]) {
    for (const char* side : {"a", "b"}) {
      for (const json& value : measure[side]["values"]) {
        CHECK((value["value"].is_number() || value["value_text"].is_string()));
        CHECK(value["error"].is_number());
      }
      const json& distribution = measure[side]["distribution"];
      for (const char* place : {"minimum", "median", "maximum"})
        CHECK(distribution[place].is_null() == distribution.contains(std::string(place) + "_text"));
    }
  }
}

TEST_CASE("a file with a number whose error is not finite is not read") {
  json document = json::parse(io::report_json(test::report_of({test::layer(0, {1, 2})})));
  document["models"][0]["operators"][0]["measures"]["sigma_max"]["error"] = nullptr;
  CHECK_THROWS_WITH(io::parse_report(document.dump(), "r.json"), Catch::Contains("sigma_max.error"));
}
