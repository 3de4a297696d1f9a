// SPDX-License-Identifier: MIT
#include "analysis/analyze.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "model/base/error.hpp"

using namespace tmm;
using analysis::analyze, analysis::analyze_all, analysis::OperatorReport, analysis::Status;

namespace {

model::LayerOperator layer(std::vector<double> taps) {
  return {"layer", "", 0, {}, {}, {}, model::DType::float32, std::move(taps)};
}

std::vector<model::LayerOperator> random_layers(std::size_t count) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  std::vector<model::LayerOperator> layers;
  for (std::size_t i = 0; i < count; ++i) {
    layers.push_back(layer(std::vector<double>(20 + 37 * (i % 5))));
    for (double& w : layers.back().taps) w = normal(random);
  }
  return layers;
}

double value(const OperatorReport& report, std::string_view id) {
  const analysis::Measure* measure = report.find(id);
  REQUIRE(measure != nullptr);
  return measure->value;
}

}  // namespace

TEST_CASE("known answers: w = [1,2,3,4] has index -3, a(z) = z has winding 1") {
  const auto report = analyze(layer({1, 2, 3, 4}));
  CHECK(value(report, "winding_number") == 3);
  CHECK(value(report, "fredholm_index") == -3);
  CHECK(value(report, "winding_fraction") == 1);
  CHECK(value(report, "log_abs_det_per_row") == 0);
  // max|a| = a(1) = 10; the enclosure holds it and is tight.
  const auto* norm = report.find("symbol_max");
  CHECK(norm->value <= 10);
  CHECK(norm->value + norm->error >= 10);
  CHECK(norm->error < 0.02);

  const auto delay = analyze(layer({0, 1}));
  CHECK(value(delay, "winding_number") == 1);
  CHECK(value(delay, "sigma_max") == 1);
  CHECK(value(delay, "sigma_min") == 0);
  CHECK(std::isinf(value(delay, "condition")));
  CHECK(std::isinf(value(delay, "log_abs_det_per_row")));
  CHECK(value(delay, "effective_index_float32") == 1);
}

TEST_CASE("enclosures hold their quantity: margin, relative margin and radius of 1 - z/2") {
  const auto report = analyze(layer({1, -0.5}));
  const auto holds = [&](std::string_view id, double truth) {
    const auto* m = report.find(id);
    INFO(id << " " << m->value << " + " << m->error);
    CHECK(m->status == Status::certified);
    CHECK(m->value <= truth);
    CHECK(truth <= m->value + m->error);
  };
  holds("index_margin", 0.5);                   // at z = 1
  holds("index_margin_relative", 0.5 / 1.5);    // max at z = −1
  holds("index_radius", 0.5 / std::sqrt(2.0));  // the real change (−¼, −¼)
}

TEST_CASE("not Fredholm, the zero operator and one tap have no index or no fraction, and say so") {
  const auto circle = analyze(layer({1, 1}));
  CHECK(circle.find("winding_number")->status == Status::not_defined);
  CHECK(value(circle, "index_margin") == 0);
  const auto zero = analyze(layer({0, 0, 0}));
  CHECK(zero.find("fredholm_index")->status == Status::not_defined);
  CHECK(zero.find("condition")->status == Status::not_defined);
  CHECK(zero.find("index_margin_relative")->status == Status::not_defined);
  CHECK(value(zero, "effective_index_float32") == 3);
  const auto one = analyze(layer({-2}));
  CHECK(value(one, "winding_number") == 0);
  CHECK(one.find("winding_fraction")->status == Status::not_defined);
  CHECK(value(one, "condition") == 1);
}

TEST_CASE("rounding to a smaller type: stable where far from the circle, counted where not") {
  const auto stable = analyze(layer({1, 0.1}));
  CHECK(value(stable, "stable_under_bfloat16") == 1);
  // The zero of 1 − (1 + 2⁻¹⁰) z is inside; bfloat16 moves it onto the circle, float16 keeps it.
  const auto unstable = analyze(layer({1, -(1 + 0x1p-10)}));
  CHECK(value(unstable, "winding_number") == 1);
  CHECK(value(unstable, "stable_under_float16") == 1);
  CHECK(value(unstable, "stable_under_bfloat16") == 0);
  CHECK(unstable.find("winding_number_bfloat16")->status == Status::not_defined);
  CHECK(analyze(layer({1e6, 1})).find("stable_under_float16")->status == Status::not_defined);
}

TEST_CASE("rank measures of known spectra: delay of 2 among 5, identity") {
  const auto delay = analyze(layer({0, 0, 3, 0, 0}));  // σ = 3, 3, 3, 0, 0
  CHECK(value(delay, "numerical_rank_float16") == 3);
  CHECK(value(delay, "stable_rank") == Approx(3).epsilon(1e-14));
  CHECK(value(delay, "effective_rank") == Approx(3).epsilon(1e-14));
  CHECK(value(analyze(layer({1, 0, 0, 0})), "effective_rank") == Approx(4).epsilon(1e-14));
}

TEST_CASE("a spectrum can be left out, and is above its automatic size") {
  analysis::AnalyzeOptions options;
  options.spectrum = analysis::SpectrumChoice::none;
  const auto report = analyze(layer({1, 2}), options);
  CHECK_FALSE(report.spectrum.has_value());
  CHECK(report.find("sigma_max") == nullptr);
  CHECK(value(report, "winding_number") == 1);
  std::vector<double> long_delay(analysis::AnalyzeOptions::largest_automatic_spectrum + 1, 0.0);
  long_delay[0] = 1;
  CHECK_FALSE(analyze(layer(long_delay)).spectrum.has_value());
}

TEST_CASE("results are in order and the same for any number of threads") {
  const auto layers = random_layers(12);
  const auto one = analyze_all(layers, {}, 1);
  const auto many = analyze_all(layers, {}, 4);
  REQUIRE(one.size() == 12);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].layer.taps == layers[i].taps);
    REQUIRE(one[i].measures.size() == many[i].measures.size());
    CHECK(one[i].warnings.empty());
    for (std::size_t m = 0; m < one[i].measures.size(); ++m) {
      CHECK(one[i].measures[m].id == many[i].measures[m].id);
      CHECK(one[i].measures[m].measure.value == many[i].measures[m].measure.value);
      CHECK(one[i].measures[m].measure.error == many[i].measures[m].measure.error);
    }
  }
}

TEST_CASE("progress counts to the end, and an exception crosses the threads, the first in order") {
  const auto layers = random_layers(9);
  std::vector<std::size_t> seen;
  analyze_all(layers, {}, 3, [&](std::size_t done, std::size_t total) {
    seen.push_back(done);
    CHECK(total == 9);
  });
  CHECK(seen == std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9});

  auto bad = layers;
  bad[2].taps.clear();
  bad[6].taps[0] = std::numeric_limits<double>::quiet_NaN();
  for (const int threads : {1, 4}) {
    try {
      analyze_all(bad, {}, threads);
      FAIL("no exception");
    } catch (const ArgumentError& e) {
      CHECK_THAT(e.what(), Catch::Contains("at least one weight"));
    }
  }
  CHECK(analyze_all({}, {}).empty());
}

TEST_CASE("whatever the size of the weights: no infinite error, no overflow for a number, in every mode") {
  const double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  const std::vector<std::vector<double>> wild{{most},
                                              {most, most, most},
                                              {most, -most, most, -most},
                                              {least},
                                              {least, 2 * least},
                                              {-least, least, 0, -3 * least},
                                              {least, most},
                                              {most, least},
                                              {-1.11, -0.219, 6.57e299},
                                              {1e-300, 1, 1e300},
                                              {0, 0, most},
                                              {0, least},
                                              {0, 0},
                                              {1, 1e8, 1e16, 1e24}};
  std::vector<model::LayerOperator> layers;
  for (const auto& taps : wild) layers.push_back(layer(taps));
  for (const auto mode : {analysis::SpectrumChoice::full, analysis::SpectrumChoice::extreme}) {
    analysis::AnalyzeOptions options;
    options.spectrum = mode;
    options.sections = {1, 2};
    const auto check = [](const std::vector<analysis::NamedMeasure>& measures) {
      for (const auto& [id, m] : measures) {
        CAPTURE(id, m.value, m.error, m.method, name(m.status));
        const bool number = m.status == Status::certified || m.status == Status::numerical;
        CHECK(std::isfinite(m.error));
        CHECK(m.error >= 0);
        CHECK(number == (!std::isnan(m.value) && m.status != Status::below_precision));
        // Infinite is what a zero weight w_0 makes so: condition, Jensen's defect, logarithms of 0.
        if (std::isinf(m.value)) {
          CHECK(m.status == Status::certified);
          CHECK(m.error == 0);
        }
      }
    };
    const auto reports = analyze_all(layers, options, 1);
    for (const OperatorReport& report : reports) {
      CAPTURE(report.layer.taps, name(mode));
      check(report.measures);
      for (const auto& section : report.sections) check(section.measures);
      REQUIRE(report.find("log10_sigma_min") != nullptr);
      CHECK(report.find("log10_sigma_min")->status != Status::undecided);
      if (report.layer.taps[0] != 0)
        for (const auto& [id, m] : report.measures) CHECK_FALSE(std::isinf(m.value));
    }
  }
}

TEST_CASE("an operator too large for a dense spectrum is that operator's status, not the end of the file") {
  analysis::AnalyzeOptions options;
  options.spectrum = analysis::SpectrumChoice::full;
  std::vector<double> large(32769, 0.0);
  large[0] = 2, large[1] = 1;
  const auto reports = analyze_all(std::vector{layer({1, 2}), layer(large), layer({3, 1})}, options);
  CHECK(reports[0].find("sigma_max")->status == Status::numerical);
  CHECK(reports[2].find("sigma_max")->status == Status::numerical);
  const auto* lost = reports[1].find("sigma_max");
  CHECK(lost->status == Status::undecided);
  CHECK_THAT(lost->method, Catch::Contains("at most 32768"));
  CHECK(reports[1].find("winding_number")->value == 0);
  REQUIRE_FALSE(reports[1].warnings.empty());
  CHECK_THAT(reports[1].warnings.back(), Catch::Contains("no singular spectrum"));
}

TEST_CASE("the logarithm of a condition number near 1 carries the rounding of the logarithms subtracted") {
  // 2^k (2 + z): σ = 2^k √(4.5 ± √4.25)… by the quadratic of TᵀT, so the condition number does not depend on
  // k.
  const double condition = (4.5 + std::sqrt(4.25)) / 4;  // σ_max/σ_min = σ_max²/det, det = 4
  for (const int k : {0, 100, 900, -900}) {
    const auto report = analyze(layer({std::ldexp(2.0, k), std::ldexp(1.0, k)}));
    const auto* log = report.find("log10_condition");
    CHECK(std::fabs(log->value - std::log10(condition)) <= log->error);
    const double subtracted = std::fabs(report.find("log10_sigma_max")->value);
    CHECK(log->error >= 2.2e-16 * subtracted);
  }
}
