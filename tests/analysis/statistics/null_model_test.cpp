// SPDX-License-Identifier: MIT
#include "analysis/statistics/null_model.hpp"

#include <catch2/catch.hpp>

#include "analysis/sections.hpp"
#include "analysis/symbols.hpp"
#include "model/base/error.hpp"

using namespace tmm;
using analysis::compare_with_null, analysis::draw_null_sample;

namespace {

model::LayerOperator layer_of(const test::Taps& taps) {
  model::LayerOperator layer;
  layer.taps = taps;
  return layer;
}

const analysis::NullComparison* find(const std::vector<analysis::NullComparison>& all, std::string_view id) {
  for (const auto& one : all)
    if (one.id == id) return &one;
  return nullptr;
}

}  // namespace

TEST_CASE("fresh layers wind about half way, and a drawn one is no outlier") {
  const auto sample = draw_null_sample(64, 60, 7);
  CHECK(sample.values.at("winding_number").size() == 60);
  const auto report = analysis::analyze(layer_of(test::gaussian_taps(64, 99)));
  const auto comparisons = compare_with_null(report, sample);
  const auto* winding = find(comparisons, "winding_fraction");
  REQUIRE(winding != nullptr);
  CHECK(winding->mean == Approx(0.5).margin(0.03));
  CHECK(std::fabs(*winding->z_score) < 4);
  CHECK(winding->draws == 60);
}

TEST_CASE("a minimum-phase layer stands out of the null model") {
  const auto sample = draw_null_sample(64, 40, 7);
  test::Taps taps(64);
  for (std::size_t k = 0; k < taps.size(); ++k) taps[k] = std::pow(0.5, static_cast<double>(k));
  const auto comparisons = compare_with_null(analysis::analyze(layer_of(taps)), sample);
  CHECK(*find(comparisons, "winding_number")->z_score < -5);
  CHECK(find(comparisons, "winding_number")->rank == 0);
}

TEST_CASE("the null model depends on the seed, not on the number of threads or of draws") {
  const auto one = draw_null_sample(32, 8, 3, {}, 1), two = draw_null_sample(32, 8, 3, {}, 2);
  CHECK(one.values == two.values);
  const auto longer = draw_null_sample(32, 12, 3);
  for (std::size_t i = 0; i < 8; ++i)
    CHECK(longer.values.at("index_margin")[i] == one.values.at("index_margin")[i]);
  CHECK(draw_null_sample(32, 8, 4).values != one.values);
}

TEST_CASE("the null model of I + T draws the same layers and adds the identity to each") {
  const auto plain = draw_null_sample(16, 12, 7),
             residual = draw_null_sample(16, 12, 7, {}, 1, model::reference_null_model(), true);
  const auto& of_t = plain.values.at("log_abs_det_per_row");  // ln|w_0|
  const auto& of_sum = residual.values.at("log_abs_det_per_row");
  REQUIRE(of_sum.size() == 12);
  for (std::size_t i = 0; i < of_sum.size(); ++i) {
    const double w = std::exp(of_t[i]), sum = std::exp(of_sum[i]);
    CHECK(std::fmin(std::fabs(sum - (1 + w)), std::fabs(sum - std::fabs(1 - w))) < 1e-14);
  }
}

TEST_CASE("rank counts ties half, equal draws have no z-score") {
  analysis::NullSample sample{2, 4, 0, {{"a", {1, 2, 2, 3}}, {"b", {5, 5, 5, 5}}, {"c", {1}}}};
  analysis::OperatorReport report;
  report.layer.taps = {1, 2};
  for (const char* id : {"a", "b", "c"})
    report.measures.push_back({id, {2, analysis::Status::certified, 0, ""}});
  const auto comparisons = compare_with_null(report, sample);
  REQUIRE(comparisons.size() == 2);
  CHECK(comparisons[0].rank == 0.5);
  CHECK(comparisons[0].z_score == Approx(0).margin(1e-12));
  CHECK(comparisons[0].deviation == Approx(std::sqrt(2.0 / 3)));
  CHECK_FALSE(comparisons[1].z_score.has_value());
  CHECK(comparisons[1].rank == 0);
  report.layer.taps = {1, 2, 3};
  CHECK_THROWS_AS(compare_with_null(report, sample), ArgumentError);
}

TEST_CASE("draws whose squares overflow give a rank, but no z-score") {
  analysis::NullSample sample{2, 3, 1, {}};
  sample.values["condition"] = {1e200, 1e300, 1e250};
  analysis::OperatorReport report;
  report.layer.taps = {1, 2};
  report.measures.push_back({"condition", {1e240, analysis::Status::numerical, 0, ""}});
  const auto comparisons = compare_with_null(report, sample);
  REQUIRE(comparisons.size() == 1);
  CHECK_FALSE(comparisons[0].z_score.has_value());
  CHECK(comparisons[0].rank == Approx(1.0 / 3));
}

TEST_CASE("sections are the analyses of the truncated layer") {
  const auto layer = layer_of(test::gaussian_taps(40, 5));
  const auto sections = analysis::analyze_sections(layer, std::vector<std::size_t>{1, 17, 40, 41});
  REQUIRE(sections.size() == 3);
  CHECK(sections[1].length == 17);
  test::Taps head(layer.taps.begin(), layer.taps.begin() + 17);
  const auto direct = analysis::analyze(layer_of(head));
  REQUIRE(direct.measures.size() == sections[1].measures.size());
  for (std::size_t i = 0; i < direct.measures.size(); ++i) {
    CHECK(direct.measures[i].id == sections[1].measures[i].id);
    if (!std::isnan(direct.measures[i].measure.value))
      CHECK(direct.measures[i].measure.value == sections[1].measures[i].measure.value);
  }
  CHECK_THROWS_AS(analysis::analyze_sections(layer, std::vector<std::size_t>{0}), ArgumentError);
}
