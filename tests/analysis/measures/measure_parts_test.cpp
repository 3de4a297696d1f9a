// SPDX-License-Identifier: MIT
#include "analysis/measures/measure_parts.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <set>

#include "analysis/analyze.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using analysis::AnalyzeOptions, analysis::OperatorReport;

namespace {

model::LayerOperator toeplitz(std::vector<double> taps) {
  model::LayerOperator layer;
  layer.taps = std::move(taps);
  return layer;
}

/// Operators that between them have every kind of measure.
std::vector<model::LayerOperator> layers() {
  std::mt19937_64 generator(5);
  std::normal_distribution<double> normal;
  std::vector<double> taps(24);
  for (double& tap : taps) tap = normal(generator);
  std::vector<model::LayerOperator> all{toeplitz(taps), toeplitz({1, 1}), toeplitz({0, 0}),
                                        toeplitz({1e308, 1e308, 1e307})};
  model::LayerOperator derived = toeplitz(taps);
  derived.tap_error_l1 = 1e-17;
  derived.network_taps = taps;
  derived.derivation = "softplus";
  for (std::size_t t = 0; t < taps.size(); ++t) derived.row_divisor.push_back(1.0 + static_cast<double>(t));
  all.push_back(derived);
  derived.tap_error_l1 = 100;
  all.push_back(derived);
  model::LayerOperator dense;
  dense.kind = model::OperatorKind::dense_causal;
  dense.matrix = {1, 0, 2, 3};
  all.push_back(dense);
  return all;
}

AnalyzeOptions everything() {
  AnalyzeOptions options;
  options.thresholds = {0.25};
  options.absolute_thresholds = {0.5};
  options.published_winding = true;
  options.pseudospectra = {3, 2};
  options.keep_arrays = false;  // no grid
  return options;
}

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

}  // namespace

TEST_CASE("every measure belongs to a part, and asked for alone it is what it is among all") {
  std::set<std::string> ids;
  for (const auto& layer : layers())
    for (const auto spectrum : {analysis::SpectrumChoice::full, analysis::SpectrumChoice::extreme}) {
      AnalyzeOptions options = everything();
      options.spectrum = spectrum;
      const OperatorReport whole = analysis::analyze(layer, options);
      for (const auto& [id, measure] : whole.measures) {
        INFO(id);
        ids.insert(id);
        REQUIRE(analysis::part_of(id));
        options.measures = {id};
        const OperatorReport alone = analysis::analyze(layer, options);
        REQUIRE(alone.measures.size() >= 1);
        const analysis::Measure* found = alone.find(id);
        REQUIRE(found != nullptr);
        CHECK(same(found->value, measure.value));
        CHECK(same(found->error, measure.error));
        CHECK(found->status == measure.status);
        CHECK(found->method == measure.method);
        for (const auto& other : alone.measures) CHECK(other.id.starts_with(id));
        CHECK(alone.winding.number == whole.winding.number);
      }
    }
  CHECK(ids.size() > 60);
}

TEST_CASE("what is not asked for is not computed") {
  AnalyzeOptions options;
  options.measures = {"winding_number", "index_radius"};
  const OperatorReport report = analysis::analyze(layers().front(), options);
  REQUIRE(report.measures.size() == 2);
  CHECK(report.measures[0].id == "winding_number");
  CHECK(report.measures[1].id == "index_radius");
  CHECK_FALSE(report.spectrum);
  CHECK_FALSE(report.zeros);
  options.measures = {"jensen_defect"};
  CHECK(analysis::analyze(layers().front(), options).zeros);
  options.measures = {"stable_rank"};
  CHECK(analysis::analyze(layers().front(), options).spectrum);
}

TEST_CASE(
    "measures of the plane are there if it is asked for, or they are, and the grid with the plane alone") {
  const auto layer = layers().front();
  CHECK(analysis::analyze(layer).find("distance_to_other_index") == nullptr);
  AnalyzeOptions options;
  options.spectrum = analysis::SpectrumChoice::none;
  options.measures = {"distance_to_index_zero"};
  const OperatorReport named = analysis::analyze(layer, options);
  CHECK(named.measures.size() == 1);
  CHECK_FALSE(named.plane);
  options.pseudospectra = {3, 2};
  CHECK(analysis::analyze(layer, options).plane->points.size() == 2);
  options.measures.clear();
  const OperatorReport whole = analysis::analyze(layer, options);
  REQUIRE(whole.plane);
  CHECK(whole.plane->log10_resolvent.size() == 6);
  CHECK(whole.find("log10_kreiss_powers")->status == analysis::Status::below_precision);
  options.keep_arrays = false;
  const OperatorReport plain = analysis::analyze(layer, options);
  CHECK_FALSE(plain.plane);
  CHECK(plain.find("distance_to_index_zero")->value == named.find("distance_to_index_zero")->value);
}

TEST_CASE(
    "the plane of layers that are not Fredholm, dense, huge or known within an error says what it can") {
  AnalyzeOptions options;
  options.spectrum = analysis::SpectrumChoice::none;
  options.pseudospectra = {3, 2};
  const auto status = [&](const model::LayerOperator& layer, const char* id) {
    const OperatorReport report = analysis::analyze(layer, options);
    return report.find(id) == nullptr ? analysis::Status::not_defined : report.find(id)->status;
  };
  using enum analysis::Status;
  const auto all = layers();
  CHECK(status(all[1], "distance_to_other_index") == certified);  // 1 + z, 0 is on the curve
  const OperatorReport on_curve = analysis::analyze(all[1], options);
  CHECK(on_curve.find("distance_to_other_index")->value == 0);
  CHECK(on_curve.find("distance_to_index_zero")->value <= on_curve.find("distance_to_index_zero")->error);
  CHECK(std::isinf(on_curve.find("log10_kreiss_powers")->value));  // eigenvalue 1, not diagonal
  CHECK(status(all[2], "distance_to_index_zero") == certified);    // zero operator
  const OperatorReport huge = analysis::analyze(all[3], options);
  CHECK_FALSE(huge.plane);
  CHECK(huge.warnings.size() >= 1);
  CHECK(std::isinf(huge.find("log10_kreiss_powers")->value));
  CHECK(status(all[4], "distance_to_other_index") == certified);  // derived taps, error 1e-17
  CHECK(status(all[5], "distance_to_index_zero") == undecided);   // error 100
  CHECK(status(all[6], "distance_to_other_index") == not_defined);
  model::LayerOperator near = toeplitz({1 + 0x1p-50, 0.5});
  CHECK(std::isinf(analysis::analyze(near, options).find("log10_kreiss_powers")->value));
  near.tap_error_l1 = 1e-12;
  CHECK(status(near, "log10_kreiss_powers") == undecided);
}

TEST_CASE("a name that is no measure is refused") {
  for (const char* name : {"winding", "", "effective_index_", "sigma", "row_divide", "WINDING_NUMBER"}) {
    INFO(name);
    CHECK_FALSE(analysis::part_of(name));
    AnalyzeOptions options;
    options.measures = {name};
    CHECK_THROWS_AS(analysis::analyze(layers().front(), options), ArgumentError);
  }
}
