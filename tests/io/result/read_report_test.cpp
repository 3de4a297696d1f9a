// SPDX-License-Identifier: MIT
#include "io/result/read_report.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "analysis/statistics/null_model.hpp"
#include "io/report/reports.hpp"
#include "model/base/error.hpp"
#include "support.hpp"

using namespace tmm;
using Json = nlohmann::ordered_json;

namespace {

/// Every optional part of a report filled.
io::AnalysisReport full_report() {
  auto report = test::report_of_everything();
  report.options.sections = {2, 3};
  report.options.thresholds = {1e-3, 0.1};
  report.options.zeros = true;
  report.selection = "0-6";
  report.assume_toeplitz = true;
  report.seed = ~std::uint64_t{0};
  report.null_draws = 3;
  auto extreme = report.options;
  extreme.spectrum = analysis::SpectrumChoice::extreme;
  extreme.pseudospectra = report.options.pseudospectra = {5, 3};
  auto op = analysis::analyze(test::layer(7, {0.3, -1, 2.5, -0.0, 1e-17}), extreme);
  op.layer.head = 1, op.layer.row = 2, op.layer.stage = 0;
  op.layer.name = "</script><img src=x onerror=alert(1)>\xF0\x9F\x98\x80";
  op.null = analysis::compare_with_null(op, analysis::draw_null_sample(5, 3, 1, extreme));
  report.models.front().operators.push_back(std::move(op));
  report.models.front().warnings = {"of the file"};
  report.models.front().layers.push_back(
      {"mixer_blocks", 0, 1, analysis::Measure{-3, analysis::Status::certified, 0, "m"},
       analysis::Measure::not_defined("a"), analysis::Measure::undecided("b")});
  report.models.push_back({"empty.h5", std::string(64, 'b'), 0, "nothing", {}, {}, {}});
  return report;
}

/// What reading `json` says.
std::string complaint(const std::string& json) {
  try {
    io::parse_report(json, "r.json");
  } catch (const FormatError& e) {
    return e.what();
  }
  return "accepted";
}

std::string complaint(const Json& json) {
  return complaint(json.dump());
}

}  // namespace

TEST_CASE("a report reads back to the same JSON byte for byte") {
  const std::string json = io::report_json(full_report());
  CHECK(io::report_json(io::parse_report(json, "r.json")) == json);
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("r.json")) << json;
  const auto report = io::read_report(folder.file("r.json"));
  CHECK(io::report_json(report) == json);
  CHECK(io::report_csv(report) == io::report_csv(full_report()));
  CHECK(io::report_table(report) == io::report_table(full_report()));
  CHECK(report.models[0].operators[0].layer.taps == std::vector<double>{1, 2, 3, 4});
}

TEST_CASE("real layers: analyze writes what read_report reads") {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("r.json");
  const auto made = test::run_tmm("analyze -q " TMM_TEST_DATA
                                  "/clm_flat_toeplitz.h5 --layers 1,6 --sections 64 --null-draws 2 -o " +
                                  file);
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  CHECK(io::report_json(io::read_report(file)) == test::read_text(file));
}

TEST_CASE("JSON in another layout is read as well") {
  const std::string json = io::report_json(full_report());
  CHECK(io::report_json(io::parse_report(Json::parse(json).dump(), "r.json")) == json);
}

TEST_CASE("what tmm did not write is refused with file and place") {
  const Json good = Json::parse(io::report_json(full_report()));
  using Catch::Contains;
  const auto changed = [&](const std::string& pointer, const Json& value) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = value;
    return complaint(bad);
  };
  const std::string op = "/models/0/operators/0/";
  CHECK_THAT(changed("/schema", "x"), Contains("r.json: schema: ") && Contains("tmm.analysis"));
  CHECK_THAT(changed("/schema_version", 99), Contains("schema_version") && Contains("expected 1, found 99"));
  CHECK_THAT(changed(op + "n", 5), Contains("models[0].operators[0].taps"));
  CHECK_THAT(changed(op + "n", -1), Contains("models[0].operators[0].n") && Contains("-1"));
  CHECK_THAT(changed(op + "block", 1e10), Contains("operators[0].block"));
  CHECK_THAT(changed(op + "block", 4294967296), Contains("operators[0].block"));
  CHECK_THAT(changed(op + "taps/2", "x"), Contains("models[0].operators[0].taps[2]") && Contains("a number"));
  CHECK_THAT(changed(op + "dtype", "int8"), Contains("operators[0].dtype"));
  CHECK_THAT(changed(op + "winding/status", "sure"), Contains("operators[0].winding.status"));
  CHECK_THAT(changed(op + "measures/sigma_max/status", "guessed"), Contains("measures.sigma_max.status"));
  CHECK_THAT(changed(op + "measures/sigma_max/value", nullptr), Contains("measures.sigma_max.value"));
  CHECK_THAT(changed(op + "spectrum/singular_values/1/value", 7.0), Contains("singular_values[1].value"));
  CHECK_THAT(changed(op + "spectrum/singular_values", Json::array()), Contains("singular_values"));
  CHECK_THAT(changed(op + "surprise", 1), Contains("operators[0].surprise"));
  CHECK_THAT(changed("/models/0/summary/invertible", 5), Contains("models[0].summary.invertible"));
  CHECK_THAT(changed("/options/seed", "1"), Contains("options.seed"));
  Json short_one = good;
  short_one["models"][0]["operators"][0].erase("winding");
  CHECK_THAT(complaint(short_one), Contains("models[0].operators[0]") && Contains("winding"));
  Json doubtful = good;  // a number under a status that has none
  doubtful["models"][0]["operators"][6]["measures"]["winding_number"]["value"] = 3;
  CHECK_THAT(complaint(doubtful), Contains("operators[6].measures.winding_number.value"));
}

TEST_CASE("hostile JSON ends in an error, soon and small") {
  CHECK_THAT(complaint(std::string()), Catch::Contains("not JSON"));
  CHECK_THAT(complaint(std::string(10'000'000, '[')), Catch::Contains("nested too deeply"));
  CHECK_THAT(complaint(std::string("{\"schema\":1e400}")), Catch::Contains("r.json"));
  CHECK_THAT(complaint(std::string("{\"a\":1,\"a\":2}")), Catch::Contains("twice"));
  CHECK_THAT(complaint(std::string("{\"schema\":\"\xff\"}")), Catch::Contains("not JSON"));
  CHECK_THAT(complaint(std::string("[1,2]")), Catch::Contains("JSON of tmm analyze"));
  std::string many = "{";
  for (int i = 0; i < 100'000; ++i) many += "\"" + std::to_string(i) + "\":0,";
  CHECK_THAT(complaint(many + "\"\":0}"), Catch::Contains("too many members"));
}

TEST_CASE("every truncation and many mutations of a report are refused or read, never worse") {
  const auto small = test::report_of({test::layer(0, {1, 2}), test::layer(1, {0, 0.5})});
  const std::string json = io::report_json(small);
  for (std::size_t length = 0; length + 1 < json.size(); length += 7)
    CHECK(complaint(json.substr(0, length)) != "accepted");
  std::size_t refused = 0;
  for (std::size_t i = 0; i < json.size(); i += 11)
    for (const char c : {'0', '"', '}', '-'}) {
      std::string bad = json;
      bad[i] = c;
      refused += complaint(bad) != "accepted" ? 1 : 0;
    }
  CHECK(refused > json.size() / 11);
}
