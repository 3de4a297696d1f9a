// SPDX-License-Identifier: MIT
#include "io/report/evaluation/jacobian_report.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "io/report/text_layout.hpp"
#include "model/network/random_network.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;
using nlohmann::json;

namespace {

io::JacobianReport report_of(const std::string& variant, std::size_t full_limit, std::size_t samples = 2,
                             bool through = false) {
  const auto network = model::load_network<double>(test::random_state(variant));
  const auto batch = test::random_batch(samples, 9, true);
  analysis::JacobianOptions options;
  options.full_limit = full_limit, options.steps = 6, options.through_bottleneck = through;
  io::JacobianReport report;
  report.file = "m\"1.h5", report.sha256 = std::string(64, 'a'), report.source = "tokens.h5: tokens";
  report.objective = "clm", report.sequences = 5;
  for (std::size_t i = 0; i < samples; ++i) report.chosen.push_back(2 * i);
  report.stream = "residual stream after the last block", report.vector = report.stream + ", at position 8";
  report.result = analysis::network_jacobian(network, batch.ids, 9, options);
  report.warnings = {"assumed"};
  return report;
}

/// What Python's jsonschema has against it.
std::string objections(const std::string& text) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("report.json")) << text;
  std::ofstream(folder.file("validate.py"))
      << "import json, sys, jsonschema\n"
         "schema = json.load(open(sys.argv[1]))\n"
         "jsonschema.Draft7Validator.check_schema(schema)\n"
         "for e in list(jsonschema.Draft7Validator(schema).iter_errors(json.load(open(sys.argv[2]))))[:5]:\n"
         "  print(list(e.absolute_path), e.message[:200])\n";
  const auto result = test::run("/usr/bin/python3 " + folder.file("validate.py") +
                                " '" TMM_SOURCE_DIR "/io/report/evaluation/jacobian.schema.json' " +
                                folder.file("report.json"));
  return result.out + result.err;
}

}  // namespace

TEST_CASE("the JSON of a derivative says what the library found, and how it is known") {
  const auto report = report_of("flat", 4096);
  const json found = json::parse(io::jacobian_json(report));
  const auto& first = report.result.samples.front();
  CHECK(found["file"] == report.file);
  CHECK(found["derivative"]["position"] == 8);
  CHECK(found["stream"]["all_singular_values"] == true);
  const json& sigma = found["stream"]["by_sample"][0]["sigma_max"];
  CHECK(sigma["value"] == first.stream.at("sigma_max").value);
  CHECK(sigma["error"] == first.stream.at("sigma_max").error);
  CHECK(sigma["status"] == "numerical");
  const double other = report.result.samples[1].stream.at("sigma_max").value;
  CHECK(found["stream"]["measures"]["sigma_max"]["mean"] == (first.stream.at("sigma_max").value + other) / 2);
  CHECK(found["retention"]["frobenius"]["mean"].size() == 9);
  CHECK(found["blocks"].size() == 2);
  // LayerNorm: nothing of the mean passes the branch, exactly.
  const json& smallest = found["blocks"][0]["parts"]["token_branch"]["log10_sigma_min"];
  CHECK(smallest["status"] == "certified");
  CHECK(smallest["value_text"] == "-inf");
  CHECK(found["jacobian"]["outcomes"]["z effective rank"] ==
        found["vector"]["measures"]["effective_rank"]["mean"]);
  CHECK(found["warnings"] == json{"assumed"});
}

TEST_CASE("bounds of a derivative are never written as values, and what is undecided has none") {
  const json found = json::parse(io::jacobian_json(report_of("flat", 0)));
  const json& smallest = found["stream"]["measures"]["log10_sigma_min"];
  CHECK(smallest["status"] == "below precision");
  CHECK(smallest["bound"] == "upper");
  CHECK_FALSE(smallest.contains("mean"));
  CHECK_FALSE(smallest.contains("error"));
  CHECK(found["stream"]["measures"]["effective_rank"]["status"] == "undecided");
  CHECK(found["stream"]["measures"]["effective_rank"]["value"].is_null());
  CHECK_FALSE(found["jacobian"]["outcomes"].contains("stream log10 sigma_min"));
  CHECK(found["jacobian"]["outcomes"].contains("z effective positions"));
  CHECK_THAT(io::jacobian_table(report_of("flat", 0)),
             Contains("log10 σ_min") && Contains(" <") && Contains(" ?"));
}

TEST_CASE("the JSON of a derivative fits its schema, whatever its statuses") {
  if (test::run("/usr/bin/python3 -c 'import jsonschema'").exit_code != 0) {
    WARN("skipped: needs Debian's python3-jsonschema");
    return;
  }
  CHECK(objections(io::jacobian_json(report_of("flat", 4096))) == "");
  CHECK(objections(io::jacobian_json(report_of("softplus_heads", 0, 1))) == "");
  CHECK(objections(io::jacobian_json(report_of("autoencoder", 0, 2, true))) == "");
  json broken = json::parse(io::jacobian_json(report_of("flat", 0)));
  broken["stream"]["measures"]["log10_sigma_min"]["status"] = "guessed";
  CHECK_THAT(objections(broken.dump()), Contains("guessed"));
}

TEST_CASE("the table of a derivative keeps to 80 columns and says what its signs mean") {
  for (const auto& report : {report_of("flat", 4096), report_of("attention", 0, 1), report_of("dense", 0)}) {
    const std::string table = io::jacobian_table(report);
    CAPTURE(table);
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) CHECK(io::display_width(line) <= 80);
    CHECK_THAT(table, Contains("positions that count") && Contains("retention by position") &&
                          Contains("! assumed"));
  }
}

TEST_CASE("a position whose derivative is rounding alone is a bound, in every format") {
  auto report = report_of("flat", 4096, 1);
  auto& profile = report.result.samples.front().retention;
  profile.frobenius[0] = profile.floor / 2;
  const json found = json::parse(io::jacobian_json(report));
  CHECK(found["retention"]["frobenius"]["mean"][0].is_null());
  CHECK(found["retention"]["frobenius"]["known"][0] == 0);
  CHECK(found["retention"]["frobenius"]["mean"][1].is_number());
  CHECK_THAT(io::jacobian_csv(report), Contains(",vector,,0,retention_frobenius,below precision,,"));
  CHECK_THAT(io::jacobian_table(report), Contains("0 to 0") && Contains("<"));
}

TEST_CASE("every row of the CSV of a derivative has the columns of its heading") {
  auto report = report_of("flat", 0);
  report.file = "m.h5";
  std::istringstream lines(io::jacobian_csv(report));
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    CAPTURE(line);
    std::size_t commas = 0;
    bool quoted = false;
    for (const char c : line) {
      quoted = quoted != (c == '"');
      commas += c == ',' && !quoted ? 1 : 0;
    }
    CHECK(commas == 15);
  }
  // Two maps and one measure, two profiles of nine, two blocks of five parts and two profiles.
  CHECK(rows == 1 + 13 + 18 + 2 * (30 + 18));
}
