// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/analyze.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::IndexStatus, analysis::Measure, analysis::Status, analysis::Winding, analysis::winding_number;
using test::Taps;

namespace {

analysis::OperatorReport report_of(const Taps& taps, bool residual = false) {
  model::LayerOperator layer;
  layer.taps = taps;
  if (residual) model::add_identity(layer);
  analysis::AnalyzeOptions options;
  options.spectrum = analysis::SpectrumChoice::none;
  return analysis::analyze(layer, options);
}

void check_number(const Taps& taps, std::int64_t expected) {
  const Winding w = winding_number(taps);
  CAPTURE(taps.size(), w.reason);
  REQUIRE(w.status == IndexStatus::certified);
  CHECK(w.number == expected);
}

}  // namespace

TEST_CASE("exact arithmetic decides every short operator that balls leave open") {
  check_number({1, 1, 1 - 0x1p-53, 1 - 0x1p-52, 1 - 0x1p-53, 1 - 0x1p-53}, 2);
  check_number({0, -2, -2, -3, 1, 0, -0.0, -1, 3, 2, 2, 5e-324}, 6);
  CHECK(winding_number(Taps{1, 1e-310, 1}).status == IndexStatus::not_fredholm);
}

TEST_CASE("a double zero of a lacunary symbol is found on the circle") {
  Taps taps(401);
  taps[0] = taps[400] = 1;
  taps[200] = 2;
  CHECK(winding_number(taps).status == IndexStatus::not_fredholm);
}

TEST_CASE("1 + w_0 enters the index of I + T with both its parts") {
  const auto report = report_of({0x1p-60, -1}, true);
  CHECK(report.layer.rest == 0x1p-60);
  REQUIRE(report.winding.status == IndexStatus::certified);
  CHECK(report.winding.number == 0);
  CHECK(report_of({-0x1p-60, -1}, true).winding.number == 1);
  CHECK_FALSE(report.warnings.empty());
}

TEST_CASE("bounds of subnormal symbols lie on the right side of the truth") {
  Taps taps{-1, -3, -1, 0, 1, 0, 4, -3};
  const Winding normal = winding_number(taps);
  for (double& w : taps) w *= std::numeric_limits<double>::denorm_min();
  const Winding tiny = winding_number(taps);
  const double unit = std::numeric_limits<double>::denorm_min();
  CHECK(tiny.margin == unit * std::floor(normal.margin));
  CHECK(tiny.margin_upper == unit * std::ceil(normal.margin_upper));
  CHECK(tiny.radius == unit * std::floor(normal.radius));
}

TEST_CASE("the index radius does not depend on the scale of the weights") {
  for (const double scale : {0x1p-600, 0x1p+600}) {
    const Measure radius = *report_of({3 * scale, scale}).find("index_radius");
    const Measure expected = *report_of({3, 1}).find("index_radius");
    CHECK(radius.value == expected.value * scale);
    CHECK(radius.error == expected.error * scale);
  }
  const Measure delay = *report_of({0, 1, 0}).find("index_radius");  // 1/√3
  CHECK(static_cast<long double>(delay.value) <= 1 / std::sqrt(3.0L));
}

TEST_CASE("a maximum beyond the largest double is given by mantissa and exponent") {
  const auto report = report_of({1.5e308, 1.5e308});
  CHECK(report.find("symbol_max")->status == Status::not_defined);
  CHECK(report.find("symbol_max_mantissa")->value == Approx(3).epsilon(1e-2));
  CHECK(report.find("symbol_max_exponent10")->value == 308);
}

TEST_CASE("zeros inside are bounded where some lie on the circle, and a(±1) has its sign") {
  const Winding w = winding_number(Taps{-46.75, 95, -66.0625, 79.25, -35, 66.25, -11.6875, 0});
  REQUIRE(w.status == IndexStatus::not_fredholm);
  CHECK(w.lowest <= 1);
  CHECK(w.highest >= 1);
  CHECK(winding_number(Taps{1, -2}).certificate.sign_at_one == -1);
  CHECK(winding_number(Taps{1, -2}).certificate.sign_at_minus_one == 1);
}
