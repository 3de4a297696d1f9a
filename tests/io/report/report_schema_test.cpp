// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "io/report/analysis_report.hpp"
#include "reports.hpp"
#include "support.hpp"

using namespace tmm;

namespace {

/// Runs Python's jsonschema on `json`.
test::CommandResult validate(const std::string& json) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.file("report.json")) << json;
  std::ofstream(folder.file("validate.py"))
      << "import json, sys, jsonschema\n"
         "schema = json.load(open(sys.argv[1]))\n"
         "jsonschema.Draft7Validator.check_schema(schema)\n"
         "errors = list(jsonschema.Draft7Validator(schema).iter_errors(json.load(open(sys.argv[2]))))\n"
         "for e in errors[:5]: print(list(e.absolute_path), e.message[:200])\n"
         "sys.exit(len(errors) > 0)\n";
  return test::run("/usr/bin/python3 " + folder.file("validate.py") +
                   " '" TMM_SOURCE_DIR "/io/report/report.schema.json' " + folder.file("report.json"));
}

bool validator_missing() {
  if (test::run("/usr/bin/python3 -c 'import jsonschema'").exit_code == 0) return false;
  WARN("skipped: needs Debian's python3-jsonschema");
  return true;
}

}  // namespace

TEST_CASE("the JSON report fits its schema, whatever its statuses") {
  if (validator_missing()) return;
  auto report = test::report_of_everything();
  auto extreme = report.options;
  extreme.spectrum = analysis::SpectrumChoice::extreme;
  extreme.sections.assign(1, 2);
  extreme.pseudospectra = report.options.pseudospectra = {5, 3};
  report.models[0].operators.push_back(analysis::analyze(test::layer(7, {0.3, -1, 2.5}), extreme));
  model::LayerOperator derived = test::layer(8, {1, 0.5}), dense = test::layer(9, {});
  derived.derivation = "softplus(weight_raw)", derived.tap_error_l1 = 1e-16;
  derived.network_taps = derived.taps, derived.row_divisor = {1, 1.5};
  dense.kind = model::OperatorKind::dense_causal, dense.matrix = {1, 0, 0.5, 2};
  for (const auto& layer : {derived, dense}) report.models[0].operators.push_back(analysis::analyze(layer));
  std::vector<double> taps(40, 0.0);
  taps[0] = 0.5, taps[1] = 1;
  derived = test::layer(10, taps), derived.tap_error_l1 = 1e-9;
  report.models[0].operators.push_back(analysis::analyze(derived, extreme));
  report.assume_toeplitz = true;
  report.models[0].warnings = {"assumed"};
  const auto result = validate(io::report_json(report));
  CHECK(result.out + result.err == "");
  CHECK(result.exit_code == 0);
}

TEST_CASE("the schema refuses a bound under value, an unknown status, a missing field") {
  if (validator_missing()) return;
  const std::string good = io::report_json(test::report_of({test::layer(0, {1, 2})}));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    return validate(bad).exit_code;
  };
  CHECK(validate(good).exit_code == 0);
  CHECK(with("\"certified\"", "\"sure\"") == 1);
  CHECK(with("\"schema_version\"", "\"version\"") == 1);
  CHECK(with("\"status\": \"numerical\"", "\"status\": \"below precision\"") == 1);
  CHECK(with("\"taps\": [1", "\"taps\": [null") == 1);
}
