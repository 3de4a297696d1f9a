// SPDX-License-Identifier: MIT
#include "analysis/measures/tap_error.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <set>
#include <vector>

#include "analysis/analyze.hpp"
#include "analysis/index/index_radius.hpp"
#include "model/toeplitz/derived_taps.hpp"

using namespace tmm;
using analysis::analyze, analysis::IndexStatus, analysis::OperatorReport, analysis::Status;

namespace {

model::LayerOperator derived_layer(std::vector<double> taps, double error) {
  model::LayerOperator layer;
  layer.name = "blocks.0.mixer.weight_raw";
  layer.taps = std::move(taps);
  layer.derivation = "softplus(weight_raw)";
  layer.tap_error_l1 = error;
  return layer;
}

std::vector<double> random_taps(std::size_t n, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<double> taps(n);
  for (double& w : taps) w = normal(generator);
  return taps;
}

}  // namespace

TEST_CASE("N is certified of the numbers meant if and only if the margin exceeds the taps' error") {
  const std::vector<double> taps{1, 0.5, -0.25};
  const double margin = analysis::winding_number(taps).margin;
  const OperatorReport below = analyze(derived_layer(taps, 0.999 * margin));
  CHECK(below.winding.status == IndexStatus::certified);
  CHECK(below.find("winding_number")->status == Status::certified);
  CHECK(below.find("winding_number_rounded_taps") == nullptr);
  const OperatorReport above = analyze(derived_layer(taps, 1.001 * margin));
  CHECK(above.winding.status == IndexStatus::undecided);
  CHECK(above.find("winding_number")->status == Status::undecided);
  CHECK(above.find("fredholm_index")->status == Status::undecided);
  CHECK_THAT(above.find("winding_number")->method,
             Catch::Contains("N = 0 is certified of the rounded taps only"));
  REQUIRE(above.find("winding_number_rounded_taps") != nullptr);
  CHECK(above.find("winding_number_rounded_taps")->value == 0);
  CHECK(above.find("winding_number_rounded_taps")->status == Status::certified);
}

TEST_CASE("a zero on the circle of the rounded taps decides nothing of the numbers meant") {
  const OperatorReport report = analyze(derived_layer({1, 1}, 1e-16));
  CHECK(report.winding.status == IndexStatus::undecided);
  CHECK(report.winding.lowest == 0);
  CHECK(report.winding.highest == 1);
  CHECK(report.find("winding_number")->status == Status::undecided);
  CHECK(report.find("winding_number_rounded_taps")->status == Status::not_defined);
  CHECK(report.find("index_margin")->status == Status::below_precision);
  CHECK(report.find("index_margin")->value >= 1e-16);
}

TEST_CASE("what is certified or estimated of rounded taps holds of every operator within their error") {
  const std::set<std::string> of_rounded{
      "smallest_zero",           "predicted_index_float32", "predicted_index_bfloat16",
      "predicted_index_float16", "winding_number_float16",  "winding_number_bfloat16",
      "stable_under_float16",    "stable_under_bfloat16"};
  const double error = 1e-7;
  std::size_t compared = 0, known = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    const std::size_t n = 4 + seed;
    const std::vector<double> meant = random_taps(n, seed);
    std::vector<double> change = random_taps(n, seed + 1000), rounded = meant;
    double sum = 0;
    for (const double c : change) sum += std::fabs(c);
    for (std::size_t k = 0; k < n; ++k) rounded[k] += change[k] / sum * error * (1 - 1e-6);
    const OperatorReport truth = analyze(derived_layer(meant, 0)),
                         found = analyze(derived_layer(rounded, error));
    for (const auto& [id, measure] : found.measures) {
      const analysis::Measure* exact = truth.find(id);
      if (exact == nullptr || of_rounded.contains(id)) continue;
      INFO("seed " << seed << ", " << id);
      ++compared;
      if (measure.status == Status::below_precision && exact->status == Status::below_precision) continue;
      if (measure.status == Status::below_precision && measure.bound == analysis::Measure::Bound::upper)
        CHECK(exact->value - exact->error <= measure.value);
      else if (measure.status == Status::below_precision)
        CHECK(exact->value + exact->error >= measure.value);
      else if (measure.status == Status::certified || measure.status == Status::numerical) {
        // Both are intervals around the truth (of an enclosure from the value up).
        CHECK(measure.value - measure.error <= exact->value + exact->error);
        CHECK(exact->value - exact->error <= measure.value + measure.error);
        ++known;
      }
    }
  }
  CHECK(compared > 1000);
  CHECK(known > 800);
}

TEST_CASE(
    "a singular value at or below the taps' error is only a bound, and that of the rounded taps is named") {
  std::vector<double> taps(40, 0.0);
  taps[0] = 0.5, taps[1] = 1;  // sigma_min about 2^-40
  const OperatorReport report = analyze(derived_layer(taps, 1e-9));
  CHECK(report.find("winding_number")->value == 1);
  CHECK(report.find("sigma_min")->status == Status::below_precision);
  CHECK(report.find("sigma_min")->value >= 1e-9);
  CHECK(report.find("sigma_min")->value <= 1.01e-9);
  CHECK(report.find("condition")->status == Status::below_precision);
  CHECK(report.find("effective_index_float32")->value == 1);
  REQUIRE(report.find("log10_sigma_min_rounded_taps") != nullptr);
  CHECK(report.find("log10_sigma_min_rounded_taps")->value == Approx(-40 * std::log10(2.0)).margin(0.3));
  analysis::AnalyzeOptions options;
  options.spectrum = analysis::SpectrumChoice::extreme;
  const OperatorReport extreme = analyze(derived_layer(taps, 1e-9), options);
  CHECK(extreme.find("log10_sigma_min")->status == Status::below_precision);
  CHECK(extreme.find("log10_condition")->status == Status::below_precision);
  CHECK(extreme.find("log10_condition")->bound == analysis::Measure::Bound::lower);
}

TEST_CASE("derived taps as the network rounds them: N there, and whether it is the same") {
  std::mt19937_64 generator(5);
  std::normal_distribution<double> normal(0, 0.2);
  std::vector<double> raw(48);
  for (double& x : raw) x = static_cast<float>(normal(generator));
  const model::DerivedTaps taps = model::softplus_taps(raw, true);
  model::LayerOperator layer = derived_layer(taps.taps, taps.error_l1);
  layer.network_taps = taps.network;
  const OperatorReport report = analyze(layer);
  REQUIRE(report.find("winding_number")->status == Status::certified);
  CHECK(report.find("stable_under_network_rounding")->value == 1);
  CHECK(report.find("winding_number_network_rounding")->value == report.find("winding_number")->value);
  // A change that puts a zero on the circle and 1e-6 of it more: N differs, and that is said.
  const auto radius = analysis::index_radius(taps.taps, analysis::winding_number(taps.taps));
  const std::vector<double> change = analysis::change_to_zero_at(taps.taps, radius.theta);
  for (std::size_t k = 0; k < raw.size(); ++k) layer.network_taps[k] = taps.taps[k] + 1.01 * change[k];
  const OperatorReport other = analyze(layer);
  CHECK(other.find("stable_under_network_rounding")->value == 0);
  CHECK(other.find("winding_number_network_rounding")->value != other.find("winding_number")->value);
}

TEST_CASE("a derived tap within its error of a tie leaves the rounded index undecided") {
  const double tie = 1 + 0x1p-11;  // between two float16
  CHECK(analyze(derived_layer({tie, 0.25}, 1e-16)).find("winding_number_float16")->status ==
        Status::undecided);
  CHECK(analyze(derived_layer({tie, 0.25}, 0)).find("winding_number_float16")->status == Status::certified);
  CHECK(analyze(derived_layer({1.3, 0.25}, 1e-16)).find("winding_number_float16")->status ==
        Status::certified);
}
