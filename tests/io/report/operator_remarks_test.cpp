// SPDX-License-Identifier: MIT
#include "io/report/operator_remarks.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "io/report/report_html.hpp"
#include "io/report/reports.hpp"
#include "io/result/read_report.hpp"
#include "io/result/result_store.hpp"
#include "support.hpp"

using namespace tmm;
using Catch::Contains;

namespace {

/// A stored layer, a derived one whose rows are divided, one whose margin does not exceed the error of its
/// taps, and a dense one.
std::vector<model::LayerOperator> all_kinds() {
  std::vector<model::LayerOperator> layers{test::layer(0, {1, 0.5}), test::layer(1, {1, 0.5, 0.25}),
                                           test::layer(2, {1, 1}), test::layer(3, {})};
  for (model::LayerOperator* derived : {&layers[1], &layers[2]}) {
    derived->derivation = "softplus(weight_raw)";
    derived->tap_error_l1 = 1.234e-16;
    derived->network_taps = derived->taps;
  }
  layers[1].row_divisor = {1, 1.5, 1.75};
  layers[3].kind = model::OperatorKind::dense_causal;
  layers[3].matrix = {1, 0, 0.25, 2};
  return layers;
}

}  // namespace

TEST_CASE("what an operator is besides stored weights: derived, divided, dense") {
  const auto layers = all_kinds();
  CHECK(io::operator_remarks(layers[0]).empty());
  CHECK(io::operator_remarks(layers[1])[0] == "derived: softplus(weight_raw), taps within 1.3e-16");
  CHECK_THAT(io::operator_remarks(layers[1])[1], Contains("the layer applies diag(1/c) T"));
  CHECK_THAT(io::operator_remarks(layers[3])[0], Contains("not of the layer"));
}

TEST_CASE("every form of a report says how taps are derived and whose index it is") {
  const io::AnalysisReport report = test::report_of(all_kinds());
  const std::string derived = "derived: softplus(weight_raw), taps within 1.3e-16";
  const std::string table = io::report_table(report), csv = io::report_csv(report),
                    json = io::report_json(report);
  CHECK_THAT(table, Contains("2 of 4 operators: " + derived));
  CHECK_THAT(table, Contains("diag(1/c) T"));
  CHECK_THAT(table, Contains("index undecided"));
  CHECK_THAT(table, Contains("index of the nearest Toeplitz matrix, not of the layer"));
  CHECK_THAT(table, Contains("1 dense"));
  CHECK_THAT(csv, Contains(derived));
  CHECK_THAT(csv.substr(0, csv.find('\n')), Catch::EndsWith(",remarks"));
  CHECK_THAT(csv, Contains("row_divided_sigma_max"));
  CHECK_THAT(csv, Contains("of the nearest Toeplitz matrix, not of the layer"));
  CHECK_THAT(json, Contains("\"derivation\": \"softplus(weight_raw)\""));
  CHECK_THAT(json, Contains(derived));
  CHECK_THAT(json, Contains("\"kind\": \"dense causal\""));
  CHECK_THAT(json, Contains("\"row_divided_spectrum\""));
  if (const std::string page = io::report_html(report); true) CHECK_THAT(page, Contains(derived));
}

TEST_CASE("reports of derived and dense operators read back to the same") {
  io::AnalysisReport report = test::report_of(all_kinds());
  analysis::AnalyzeOptions extreme;
  extreme.spectrum = analysis::SpectrumChoice::extreme;
  std::vector<double> taps(40, 0.0);
  taps[0] = 0.5, taps[1] = 1;
  model::LayerOperator bounded = test::layer(4, taps);
  bounded.derivation = "softplus(weight_raw)", bounded.tap_error_l1 = 1e-9;
  report.models[0].operators.push_back(analysis::analyze(bounded, extreme));
  const std::string json = io::report_json(report);
  CHECK(io::report_json(io::parse_report(json, "report.json")) == json);
  const test::TemporaryFolder folder;
  io::write_report_hdf5(report, folder.file("report.h5"), false);
  CHECK(io::report_json(io::read_report(folder.file("report.h5"))) == json);
}

TEST_CASE("stored weights alone leave every form of a report without remarks") {
  const io::AnalysisReport report = test::report_of({test::layer(0, {1, 0.5})});
  for (const std::string& text : {io::report_table(report), io::report_csv(report), io::report_json(report)})
    for (const char* word : {"derived", "remarks", "kind", "dense", "tap_error"})
      CHECK_THAT(text, !Contains(word));
}
