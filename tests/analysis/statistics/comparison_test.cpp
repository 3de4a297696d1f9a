// SPDX-License-Identifier: MIT
#include "analysis/statistics/comparison.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "model/base/error.hpp"

using namespace tmm::analysis;
using Catch::Contains;

namespace {

/// Operators of a model of length n with the given values of one measure.
std::vector<OperatorReport> model_with(const std::vector<Measure>& measures, std::size_t n = 4) {
  std::vector<OperatorReport> reports;
  for (const Measure& measure : measures) {
    OperatorReport report;
    report.layer.part = "mixer_blocks";
    report.layer.block = static_cast<int>(reports.size());
    report.layer.taps.assign(n, 1.0);
    report.measures.push_back({"x", measure});
    reports.push_back(report);
  }
  return reports;
}

Measure exactly(double value) {
  return {value, Status::certified, 0, ""};
}

std::vector<OperatorReport> model_of(const std::vector<double>& values, std::size_t n = 4) {
  std::vector<Measure> measures;
  for (const double value : values) measures.push_back(exactly(value));
  return model_with(measures, n);
}

std::string all(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

}  // namespace

TEST_CASE("quartiles interpolate between neighbours, infinities stay") {
  const Distribution d = Distribution::of({4, 1, 3, 2});
  CHECK(d.count == 4);
  CHECK(d.minimum == 1);
  CHECK(d.lower_quartile == 1.75);
  CHECK(d.median == 2.5);
  CHECK(d.upper_quartile == 3.25);
  CHECK(d.maximum == 4);
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(Distribution::of({inf, inf, 1}).median == inf);
  CHECK(Distribution::of({7}).upper_quartile == 7);
  CHECK_THROWS_AS(Distribution::of({}), tmm::ArgumentError);
}

TEST_CASE("two groups of models: statistics over operators and over models") {
  const auto a1 = model_of({1, 2, 3}), a2 = model_of({2, 3, 4}), a3 = model_of({0, 1, 2});
  const auto b1 = model_of({11, 12, 13}), b2 = model_of({12, 13, 14}), b3 = model_of({10, 11, 12});
  const std::vector<ComparedModel> a{{"a1", a1}, {"a2", a2}, {"a3", a3}};
  const std::vector<ComparedModel> b{{"b1", b1}, {"b2", b2}, {"b3", b3}};
  const Comparison comparison = compare(a, b);
  REQUIRE(comparison.measures.size() == 1);
  const MeasureComparison& x = comparison.measures[0];
  CHECK(x.id == "x");
  CHECK(x.a.distribution.median == 2);
  CHECK(x.b.distribution.median == 12);
  CHECK(x.effect.delta == -1);
  CHECK(x.effect.lower == -1);
  CHECK(x.effect.upper == -1);
  CHECK(x.effect.two_stage);
  CHECK(x.by_operator.p_value == Approx(2.0 / 48620));  // C(18, 9)
  REQUIRE(x.by_model);
  CHECK(x.by_model->p_value == Approx(0.1));
  REQUIRE(x.layers.size() == 3);
  CHECK(x.layers[1].layer == "1");
  CHECK(x.layers[1].a->median == 2);
  CHECK(x.layers[1].b->minimum == 11);
  CHECK_THAT(all(comparison.warnings), Contains("cannot be below 0.1"));
}

TEST_CASE("the bootstrap interval holds delta, and the seed fixes it") {
  const auto a1 = model_of({1, 5, 3, 8, 2, 9}), b1 = model_of({4, 7, 3, 6, 10, 11});
  const std::vector<ComparedModel> a{{"a", a1}}, b{{"b", b1}};
  const auto first = compare(a, b).measures[0].effect, second = compare(a, b).measures[0].effect;
  CHECK(first.lower < first.delta);
  CHECK(first.delta < first.upper);
  CHECK(first.lower == second.lower);
  CHECK(first.upper == second.upper);
  CHECK_FALSE(first.two_stage);
  const auto narrow = compare(a, b, {}, {.confidence = 0.5}).measures[0].effect;
  CHECK(narrow.upper - narrow.lower < first.upper - first.lower);
}

TEST_CASE("values that are no numbers are counted and left out, overlapping errors counted") {
  const Measure wide{2, Status::numerical, 1.5, ""};
  const Measure bound{3, Status::below_precision, 0, ""};
  const auto a1 = model_with({wide, bound, exactly(1), Measure::undecided("why")});
  const auto b1 = model_of({3, 9});
  const std::vector<ComparedModel> a{{"a", a1}}, b{{"b", b1}};
  const MeasureComparison x = compare(a, b).measures[0];
  CHECK(x.a.values == std::vector<double>{2, 1});
  CHECK(x.a.not_numbers == 2);
  CHECK(x.unresolved_pairs == 1);  // 2 ± 1.5 against 3
  CHECK(x.a.median_error == 0.75);
  CHECK(x.b.median_error == 0);
}

TEST_CASE("p-values are adjusted for the number of measures, as Holm does") {
  auto a1 = model_of({1, 2, 3, 4}), b1 = model_of({5, 6, 7, 8});
  for (std::size_t i = 0; i < 4; ++i) {
    a1[i].measures.push_back({"y", exactly(static_cast<double>(i))});
    b1[i].measures.push_back({"y", exactly(static_cast<double>(i))});
  }
  const std::vector<ComparedModel> a{{"a", a1}}, b{{"b", b1}};
  const Comparison comparison = compare(a, b);
  REQUIRE(comparison.measures.size() == 2);
  CHECK(comparison.measures[0].adjusted_p_value == Approx(2 * 2.0 / 70));
  CHECK(comparison.measures[1].adjusted_p_value == Approx(1));
  const std::vector<std::string> only{"y"};
  CHECK(compare(a, b, only).measures.size() == 1);
}

TEST_CASE("groups of other lengths and small groups are warned of, empty ones refused") {
  const auto a1 = model_of({1, 2}, 4), b1 = model_of({1, 2}, 8);
  const std::vector<ComparedModel> a{{"a", a1}}, b{{"b", b1}};
  const std::string warnings = all(compare(a, b).warnings);
  CHECK_THAT(warnings,
             Contains("n = 4 against 8") && Contains("group of 2 operators") && Contains("single model"));
  CHECK_THROWS_AS(compare(a, {}), tmm::ArgumentError);
  const std::vector<std::string> unknown{"no such measure"};
  CHECK_THROWS_AS(compare(a, b, unknown), tmm::ArgumentError);
}
