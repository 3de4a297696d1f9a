// SPDX-License-Identifier: MIT
#include "analysis/measures/symbol_distribution.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <numbers>

#include "analysis/analyze.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;

namespace {

analysis::OperatorReport report_of(const test::Taps& taps) {
  model::LayerOperator layer;
  layer.name = "w";
  layer.taps = taps;
  return analysis::analyze(layer);
}

}  // namespace

TEST_CASE("Avram-Parter: for a fixed symbol the distance falls with n") {
  double before = 1;
  for (const std::size_t n : {16u, 64u, 256u}) {
    test::Taps taps(n);
    taps[0] = 1;
    taps[1] = -0.4;
    taps[2] = 0.3;
    const double distance = report_of(taps).find("avram_parter_distance")->value;
    CHECK(distance < before);
    CHECK(distance < 2.0 / std::sqrt(static_cast<double>(n)));
    before = distance;
  }
}

TEST_CASE("circulant contrast: |a| on the n-point grid, blind to what the causal boundary does") {
  test::Taps taps(32);  // 1 + 2z: one zero inside, so T_n has one value of size 2^-32
  taps[0] = 1;
  taps[1] = 2;
  const auto report = report_of(taps);
  CHECK(report.find("circulant_sigma_min")->value == Approx(1).epsilon(1e-12));  // |1 + 2(−1)|
  CHECK(report.find("log10_circulant_condition")->value == Approx(std::log10(3.0)).epsilon(1e-12));
  CHECK(report.find("log10_sigma_min")->value < -9);
  const test::Taps random = test::gaussian_taps(31, 4);
  double least = HUGE_VAL;
  for (int j = 0; j < 31; ++j)
    least = std::fmin(least, std::abs(test::symbol_at(random, 2 * std::numbers::pi * j / 31)));
  CHECK(report_of(random).find("circulant_sigma_min")->value == Approx(least).epsilon(1e-10));
}

TEST_CASE("a circulant with a zero eigenvalue is below precision, not a number") {
  const auto report = report_of({1, -1, 0, 0});
  CHECK(report.find("circulant_sigma_min")->status == analysis::Status::below_precision);
  const auto* condition = report.find("log10_circulant_condition");
  CHECK(condition->status == analysis::Status::below_precision);
  CHECK(condition->bound == analysis::Measure::Bound::lower);
  CHECK(condition->value > 14);
}

TEST_CASE("the zero operator has no distribution, extreme scales do not overflow") {
  CHECK(report_of({0, 0}).find("avram_parter_distance")->status == analysis::Status::not_defined);
  const auto large = report_of({1e300, 2e299}), small = report_of({1e-300, 2e-301});
  CHECK(large.find("avram_parter_distance")->value == Approx(small.find("avram_parter_distance")->value));
}

TEST_CASE("zero measures: smallest zero and the effective index that zeros predict") {
  const auto report = report_of(test::multiply(test::zero_pair(0.25, 1.0), {1, 0.2}));
  CHECK(report.find("smallest_zero")->value == Approx(0.25).epsilon(1e-12));
  // n = 4: bfloat16 has τ^{1/4} = 0.25 exactly; float16 0.149; float32 0.0156.
  CHECK(report.find("predicted_index_float32")->value == 0);
  const auto wide = report_of(test::multiply(test::zero_pair(0.125, 1.0), {1, 0.2}));
  CHECK(wide.find("predicted_index_float16")->value == 2);
  CHECK(wide.find("predicted_index_float32")->value == 0);
  CHECK(report_of({0, 0, 1}).find("smallest_zero")->value == 0);
  CHECK(report_of({3}).find("smallest_zero")->status == analysis::Status::not_defined);
}

TEST_CASE(
    "zero measures beyond the double range: Jensen's defect, predicted index, a bound of the smallest zero") {
  const auto report = report_of({2.3e-236, 2.4e287});  // z = −9.58e-524
  CHECK(report.find("jensen_defect")->value ==
        Approx(523 * std::log(10.0) + std::log(2.4 / 2.3)).epsilon(1e-14));
  CHECK(report.find("predicted_index_float32")->value == 1);
  const auto* smallest = report.find("smallest_zero");
  CHECK(smallest->status == analysis::Status::below_precision);
  CHECK(smallest->value == std::numeric_limits<double>::denorm_min());
  const auto far = report_of({2.4e287, 2.3e-236});
  CHECK(far.find("jensen_defect")->value == 0);
  CHECK(far.find("smallest_zero")->bound == analysis::Measure::Bound::lower);
}

TEST_CASE("the smallest zero's error covers the truth where two zeros are close") {
  const auto report = report_of({1, -1, -1, 1, -4.440892098500626e-16});
  const auto* smallest = report.find("smallest_zero");
  REQUIRE(smallest->status == analysis::Status::numerical);
  CHECK(std::fabs(smallest->value - 0.99999998509) <= smallest->error + 1e-11);
  CHECK(smallest->error < 1e-8);
}

TEST_CASE("the zeros measures of the zero operator are not defined") {
  const auto report = report_of({0, 0, 0});
  for (const char* id : {"smallest_zero", "predicted_index_float32", "predicted_index_bfloat16"})
    CHECK(report.find(id)->status == analysis::Status::not_defined);
}

TEST_CASE("zeros on the circle of the predicted index, and an ulp beside it") {
  // n = 2: float32 has τ^{1/2} = 2^−12.
  CHECK(report_of({0x1p-12, 1}).find("predicted_index_float32")->value == 1);
  CHECK(report_of({0x1p-12 * (1 + 0x1p-52), 1}).find("predicted_index_float32")->value == 0);
  CHECK(report_of({0x1p-12 * (1 - 0x1p-53), -1}).find("predicted_index_float32")->value == 1);
  // ±2^−6 i at n = 4, τ^{1/4} = 2^−6, and twice the same real zero at n = 3, τ^{1/3} = 2^−8.
  CHECK(report_of({0x1p-12, 0, 1, 0}).find("predicted_index_float32")->value == 2);
  const auto twice = report_of({0x1p-16, 0x1p-7, 1});
  CHECK(twice.find("predicted_index_float32")->status == analysis::Status::undecided);
  CHECK(twice.find("predicted_index_bfloat16")->value == 2);
}

TEST_CASE("Avram-Parter: a delay by m of n is m/n from its symbol, exactly") {
  for (const double w : {0.44, 1e308, 5e-324, -0.1}) {
    const auto report = report_of({w});
    const auto* distance = report.find("avram_parter_distance");
    CHECK(distance->value == 0);
    CHECK(distance->error == 0);
    CHECK(distance->status == analysis::Status::certified);
  }
  CHECK(report_of({0, 0, 0.44, 0}).find("avram_parter_distance")->value == 0.5);
}

TEST_CASE("Avram-Parter: the stated error holds against the distribution over the whole circle") {
  constexpr std::size_t points = 1u << 17;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::size_t n = 5 + seed % 19;
    test::Taps taps = test::gaussian_taps(n, seed + 100);
    if (seed % 4 == 1)
      for (double& w : taps) w = std::round(2 * w);  // equal values are common
    if (seed % 4 == 2)
      for (std::size_t k = 1; k < n; ++k) taps[k] = k % 4 == 0 ? taps[k] : 0;  // equal arcs
    taps[0] += 3;
    const auto report = report_of(taps);
    const auto* distance = report.find("avram_parter_distance");
    std::vector<double> modulus;
    for (std::size_t j = 0; j < points; ++j)
      modulus.push_back(
          std::abs(test::symbol_at(taps, 2 * std::numbers::pi * static_cast<double>(j) / points)));
    std::ranges::sort(modulus);
    // F jumps from (n − 1 − i)/n to (n − i)/n at the i-th largest singular value; G is continuous.
    double truth = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double sigma = report.spectrum->values[i].value.to_double();
      const auto below = std::ranges::lower_bound(modulus, sigma) - modulus.begin();
      const double G = static_cast<double>(below) / points, step = 1 / static_cast<double>(n);
      const double F = 1 - static_cast<double>(i) * step;
      truth = std::max({truth, F - G, G - (F - step)});
    }
    CAPTURE(seed, taps, distance->value, truth);
    CHECK(std::fabs(distance->value - truth) <= distance->error + 1e-3);  // 1e-3: of the truth's own grid
    CHECK(distance->error < 0.2);
  }
}

TEST_CASE("Avram-Parter: the error of 256 weights is below a thousandth") {
  const auto report = report_of(test::gaussian_taps(256, 5));
  CHECK(report.find("avram_parter_distance")->error < 1e-3);
}

TEST_CASE("a circulant's least value beyond the range of double is mantissa and exponent") {
  CHECK(report_of({1e308}).find("circulant_sigma_min")->value == 1e308);
  const auto large = report_of({1.5e308, 0, 1e308}), small = report_of({5e-324});
  CHECK(large.find("circulant_sigma_min")->status == analysis::Status::numerical);  // |1.5 − 0.5 ± …| fits
  CHECK(large.find("circulant_sigma_min")->value == Approx(1.3228756555322954e308).epsilon(1e-14));
  CHECK(small.find("circulant_sigma_min")->status == analysis::Status::not_defined);
  CHECK(small.find("circulant_sigma_min_mantissa")->value == Approx(4.9406564584124654).epsilon(1e-14));
  CHECK(small.find("circulant_sigma_min_exponent10")->value == -324);
  const auto none = report_of({-1.265e-321, -1.265e-321, -1.265e-321});  // 0 at the cube roots of unity
  CHECK(none.find("circulant_sigma_min")->status == analysis::Status::below_precision);
  CHECK(none.find("circulant_sigma_min")->value > 0);
  const auto huge = report_of({1.7e308, 0, 0, 1e307, 0});  // all of 1.6e308 … 1.8e308, so two values
  CHECK(std::isfinite(huge.find("log10_circulant_condition")->error));
}
