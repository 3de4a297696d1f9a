// SPDX-License-Identifier: MIT
#include "analysis/measures/index_measures.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "analysis/analyze.hpp"
#include "analysis/index/index_radius.hpp"
#include "analysis/measures/rounding.hpp"
#include "analysis/oracle/exact_symbol.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::Measure, analysis::OperatorReport, analysis::Status;
using test::Ball, test::ExactSymbol, test::Taps;

namespace {

model::LayerOperator layer(Taps taps) {
  return {"layer", "", 0, {}, {}, {}, model::DType::float64, std::move(taps)};
}

OperatorReport index_measures(const model::LayerOperator& layer) {
  OperatorReport report;
  report.layer = layer;
  report.winding = analysis::winding_number(layer.taps, {}, layer.rest);
  append_index_measures(report, {});
  return report;
}

OperatorReport index_measures(const Taps& taps) {
  return index_measures(layer(taps));
}

/// Whether value ≤ truth ≤ value + error holds exactly, not only after rounding.
void check_encloses(const Measure& measure, const Ball& truth) {
  CAPTURE(measure.value, measure.error, measure.method);
  REQUIRE(measure.status == Status::certified);
  REQUIRE(std::isfinite(measure.value));
  REQUIRE(std::isfinite(measure.error));
  const Ball low(measure.value), high = low + Ball(measure.error);
  CHECK_FALSE(certainly_less(truth, low));
  CHECK_FALSE(certainly_less(high, truth));
}

const Measure& find(const OperatorReport& report, std::string_view id) {
  const Measure* measure = report.find(id);
  REQUIRE(measure != nullptr);
  return *measure;
}

/// ρ(θ) in long double from the definition, for weights of moderate size.
long double radius_at(const Taps& taps, long double theta) {
  long double re = 0, im = 0, cosines = 0, sines = 0;
  for (std::size_t k = 0; k < taps.size(); ++k) {
    const long double phase =
        (static_cast<long double>(k) - static_cast<long double>(taps.size() - 1) / 2) * theta;
    re += taps[k] * std::cos(phase);
    im += taps[k] * std::sin(phase);
    cosines += std::cos(phase) * std::cos(phase);
    sines += std::sin(phase) * std::sin(phase);
  }
  return std::sqrt(re * re / cosines + (sines > 0 ? im * im / sines : 0));
}

}  // namespace

TEST_CASE("margin, radius and max|a| of subnormal weights hold the truth to the last unit") {
  // The margin of these is 0.897 units of 2^-1074: less than the least double.
  const Taps given{-1, -3, -1, 0, 1, 0, 4, -3};
  std::mt19937_64 random(21);
  std::uniform_int_distribution<int> weight(-9, 9), size(2, 12);
  for (int draw = 0; draw < 120; ++draw) {
    Taps taps = given;
    if (draw > 0) {
      taps.assign(static_cast<std::size_t>(size(random)), 0);
      for (double& w : taps) w = weight(random);
    }
    const ExactSymbol whole(taps);
    if (whole.is_zero()) continue;
    for (double& w : taps) w = std::ldexp(w, -1074);
    CAPTURE(draw, taps.size());
    const ExactSymbol symbol(taps);
    const auto range = symbol.modulus_range();
    const OperatorReport report = index_measures(taps);
    if (symbol.zeros_on_circle() == 0) check_encloses(find(report, "index_margin"), range.least);
    check_encloses(find(report, "symbol_max"), range.most);
    check_encloses(find(report, "index_margin_relative"), range.least / range.most);
    // No change below the radius reaches the circle: not the one to a(1) = 0 either.
    const Measure& radius = find(report, "index_radius");
    Ball root(static_cast<double>(taps.size()));
    arb_sqrt(root.get(), root.get(), test::oracle_bits);
    CHECK_FALSE(certainly_less(symbol.modulus_at(0, 1) / root, Ball(radius.value)));
    // (n + |D|)/2 ≤ n: nor is it below min|a|/√n.
    CHECK_FALSE(certainly_less(Ball(radius.value) + Ball(radius.error), range.least / root));
  }
}

TEST_CASE("the index radius scales with the weights, from 1e-320 to 1e308") {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const Taps taps = test::gaussian_taps(3 + 7 * seed, seed);
    const OperatorReport report = index_measures(taps);
    const Measure& radius = find(report, "index_radius");
    long double smallest = HUGE_VALL;
    for (int j = 0; j <= 20000; ++j)
      smallest = std::fmin(smallest, radius_at(taps, std::numbers::pi_v<long double> * j / 20000));
    CHECK(radius.value <= smallest);
    CHECK(radius.value + radius.error <= smallest * 1.5L);
    for (const int e : {-1000, -700, -540, 540, 700, 1015}) {
      Taps scaled = taps;
      for (double& w : scaled) w = std::ldexp(w, e);
      const OperatorReport there = index_measures(scaled);
      const Measure& moved = find(there, "index_radius");
      CAPTURE(seed, e);
      REQUIRE(moved.status == Status::certified);
      CHECK(std::ldexp(moved.value, -e) == radius.value);
      CHECK(std::ldexp(moved.error, -e) >= radius.error);  // rounded up where it is subnormal
      CHECK(std::ldexp(moved.error, -e) <= radius.error + 0x1p-70);
    }
  }
  const OperatorReport large = index_measures(Taps{1e160, 3e159});
  CHECK(find(large, "index_radius").value == Approx(7e159 / std::sqrt(2.0)).epsilon(1e-2));
  CHECK(std::isfinite(find(large, "index_radius").error));
}

TEST_CASE("the index radius of a delay is |w|/√n, from below") {
  std::mt19937_64 random(22);
  std::uniform_real_distribution<double> weight(-2, 2);
  for (std::size_t n = 1; n <= 70; ++n) {
    Taps taps(n);
    taps[n / 2] = weight(random);
    const OperatorReport report = index_measures(taps);
    Ball root(static_cast<double>(n));
    arb_sqrt(root.get(), root.get(), test::oracle_bits);
    CAPTURE(n, taps[n / 2]);
    check_encloses(find(report, "index_radius"), Ball(std::fabs(taps[n / 2])) / root);
    check_encloses(find(report, "index_margin"), Ball(std::fabs(taps[n / 2])));
  }
}

TEST_CASE("beyond the range of double a measure is not defined, and says how large it is") {
  const double largest = std::numeric_limits<double>::max();
  const OperatorReport pair = index_measures(Taps{1e308, 1e308, -1e307});
  CHECK(find(pair, "symbol_max").status == Status::not_defined);
  CHECK_FALSE(find(pair, "symbol_max").method.empty());
  const OperatorReport single = index_measures(Taps{1e308});
  check_encloses(find(single, "index_margin"), Ball(1e308));
  std::mt19937_64 random(23);
  std::uniform_real_distribution<double> weight(-1, 1);
  int beyond = 0, within = 0;
  for (int draw = 0; draw < 150; ++draw) {
    Taps taps(2 + static_cast<std::size_t>(draw % 7));
    for (double& w : taps) w = weight(random) * largest;
    taps[0] *= draw % 3 == 0 ? 1 : 0.1;
    const ExactSymbol symbol(taps);
    const auto range = symbol.modulus_range();
    const OperatorReport report = index_measures(taps);
    CAPTURE(draw, taps);
    check_encloses(find(report, "index_margin_relative"), range.least / range.most);
    for (const auto& [id, truth] :
         {std::pair{"index_margin", range.least}, std::pair{"symbol_max", range.most}}) {
      const Measure& measure = find(report, id);
      if (measure.status == Status::not_defined) {
        ++beyond;
        CHECK_FALSE(certainly_less(truth, Ball(largest)));
      } else {
        ++within;
        check_encloses(measure, truth);
      }
    }
    for (const auto& [id, measure] : report.measures) {
      CAPTURE(id);
      CHECK_FALSE(std::isnan(measure.error));
      CHECK_FALSE(std::isinf(measure.error));
      CHECK_FALSE(std::isinf(measure.value));
    }
  }
  CHECK(beyond > 20);
  CHECK(within > 20);
}

TEST_CASE("I + T has the exact first weight 1 + w_0, whatever w_0") {
  std::mt19937_64 random(24);
  std::uniform_real_distribution<double> mantissa(-2, 2);
  std::uniform_int_distribution<int> exponent(-1000, 1000);
  for (int draw = 0; draw < 500; ++draw) {
    const double w = std::ldexp(mantissa(random), draw % 2 == 0 ? exponent(random) : exponent(random) / 20);
    model::LayerOperator residual = layer({w, 1});
    add_identity(residual);
    arb_t sum, part;
    arb_init(sum);
    arb_init(part);
    for (const double x : {1.0, w, -residual.taps[0], -residual.rest}) {
      arb_set_d(part, x);
      arb_add(sum, sum, part, ARF_PREC_EXACT);
    }
    CAPTURE(w);
    CHECK(arb_is_zero(sum) != 0);
    CHECK(residual.taps[0] == 1 + w);
    arb_clear(sum);
    arb_clear(part);
  }
}

TEST_CASE("I + T with 1 + w_0 between two doubles: the index and all that is certified are of the sum") {
  model::LayerOperator residual = layer({0x1p-60, -1});
  add_identity(residual);
  const OperatorReport report = analysis::analyze(residual);
  CHECK(find(report, "winding_number").value == 0);
  CHECK(find(report, "winding_number").status == Status::certified);
  check_encloses(find(report, "index_margin"), Ball(0x1p-60));
  check_encloses(find(report, "symbol_max"), Ball(2.0) + Ball(0x1p-60));
  check_encloses(find(report, "index_margin_relative"), Ball(0x1p-60) / (Ball(2.0) + Ball(0x1p-60)));
  Ball root(2.0);
  arb_sqrt(root.get(), root.get(), test::oracle_bits);
  check_encloses(find(report, "index_radius"), Ball(0x1p-60) / root);
  CHECK(find(report, "jensen_defect").value == 0);
  // Stored in half precision 1 + w_0 is 1, and the zero is on the circle.
  CHECK(find(report, "stable_under_float16").value == 0);
  CHECK(find(report, "winding_number_float16").status == Status::not_defined);
  // A multiple of the identity: the error of what the spectrum says of the rounded weight holds the sum too.
  model::LayerOperator scalar = layer({0x1p-60});
  add_identity(scalar);
  const OperatorReport identity = analysis::analyze(scalar);
  for (const char* id : {"sigma_max", "sigma_min"}) {
    const Measure& sigma = find(identity, id);
    const Ball distance = (Ball(1.0) + Ball(0x1p-60) - Ball(sigma.value)).abs();
    CHECK_FALSE(certainly_less(Ball(sigma.error), distance));
  }
  check_encloses(find(identity, "index_margin"), Ball(1.0) + Ball(0x1p-60));
  // Exact doubles are treated as before.
  model::LayerOperator plain = layer({0.5, -1});
  add_identity(plain);
  CHECK(plain.rest == 0);
  CHECK(plain.taps[0] == 1.5);
}

TEST_CASE("round-off whose square underflows is not taken for none") {
  const Taps tiny{1e-200, 3e-200};  // becomes 0 in float16
  const auto winding = analysis::winding_number(tiny);
  const auto rounding = analysis::rounding_stability(tiny, winding, model::DType::float16);
  CHECK_FALSE(rounding.proven);
  CHECK(rounding.change == Approx(std::sqrt(10.0) * 1e-200));
  CHECK(rounding.after->status == analysis::IndexStatus::not_fredholm);
}

TEST_CASE("the index says how it is known: by the sweep, or by the exact count where that stops") {
  CHECK_THAT(index_measures(layer({3, 1})).find("winding_number")->method,
             Catch::Contains("half-plane certificate"));
  const auto report = index_measures(layer({0, 1, 3, -1, 3, -3, 1, -3, -1, 5e-324}));
  CHECK(report.find("winding_number")->value == 6);
  CHECK_THAT(report.find("winding_number")->method, Catch::Contains("exact count of zeros"));
}

TEST_CASE(
    "the margin of (1 + z)^127 with w_0 a little below 1 is bounded by |a(-1)|, not by rounding errors") {
  Taps taps{1};
  for (int i = 0; i < 127; ++i) taps = test::multiply(taps, {1, 1});
  for (std::size_t k = 0; k < 64; ++k) taps[127 - k] = taps[k];  // so that a(−1) = w_0 − 1 exactly
  taps[0] = 1 - 4.5e-13;
  const auto report = index_measures(taps);
  REQUIRE(report.winding.status == analysis::IndexStatus::certified);
  for (const char* id : {"index_margin", "index_margin_relative"}) {
    const Measure& margin = find(report, id);
    CHECK(margin.status == Status::below_precision);
    CHECK(margin.bound == Measure::Bound::upper);
  }
  CHECK(find(report, "index_margin").value <= 4.6e-13);
  CHECK(find(report, "index_radius").status == Status::below_precision);
}
