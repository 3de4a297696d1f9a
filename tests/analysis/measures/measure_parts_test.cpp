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

TEST_CASE("a name that is no measure is refused") {
  for (const char* name : {"winding", "", "effective_index_", "sigma", "row_divide", "WINDING_NUMBER"}) {
    INFO(name);
    CHECK_FALSE(analysis::part_of(name));
    AnalyzeOptions options;
    options.measures = {name};
    CHECK_THROWS_AS(analysis::analyze(layers().front(), options), ArgumentError);
  }
}
