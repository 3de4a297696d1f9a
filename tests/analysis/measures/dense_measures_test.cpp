// SPDX-License-Identifier: MIT
#include "analysis/measures/dense_measures.hpp"

#include <Eigen/Core>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/analyze.hpp"
#include "analysis/dense_oracle.hpp"
#include "analysis/measures/row_divided.hpp"
#include "analysis/statistics/summary.hpp"
#include "analysis/statistics/trajectory.hpp"
#include "model/toeplitz/causal_toeplitz.hpp"
#include "model/toeplitz/derived_taps.hpp"

using namespace tmm;
using analysis::analyze, analysis::IndexStatus, analysis::OperatorReport, analysis::Status;

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Long = test::LongMatrix;

Matrix random_lower(Eigen::Index n, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  return Matrix::NullaryExpr(n, n,
                             [&](Eigen::Index t, Eigen::Index s) { return s <= t ? normal(generator) : 0; });
}

model::LayerOperator dense_layer(const Matrix& w) {
  model::LayerOperator layer;
  layer.name = "decoderblocks.0.conv.weight";
  layer.kind = model::OperatorKind::dense_causal;
  layer.matrix.assign(w.data(), w.data() + w.size());
  return layer;
}

void check_values(const analysis::Spectrum& spectrum, const Long& w) {
  const auto exact = test::singular_values(w);
  REQUIRE(spectrum.values.size() == static_cast<std::size_t>(exact.size()));
  for (Eigen::Index i = 0; i < exact.size(); ++i) {
    const analysis::SingularValue& found = spectrum.values[static_cast<std::size_t>(i)];
    const auto value = static_cast<long double>(found.value.to_double());
    INFO("value " << i << " of " << exact.size());
    if (found.status == Status::below_precision)
      CHECK(exact[i] <= value);
    else
      CHECK(std::fabs(value - exact[i]) <= found.relative_error * exact[i] + 1e-18L * exact[0]);
  }
}

}  // namespace

TEST_CASE("singular values of dense causal matrices against Jacobi rotations in long double") {
  for (const Eigen::Index n : {1, 2, 3, 10, 33, 60}) {
    const Matrix w = random_lower(n, static_cast<unsigned>(n));
    const OperatorReport report = analyze(dense_layer(w));
    REQUIRE(report.spectrum);
    CHECK(report.warnings.empty());
    check_values(*report.spectrum, w.cast<long double>());
    CHECK(report.spectrum->frobenius.outcome == analysis::IdentityCheck::Outcome::held);
    CHECK(report.find("stable_rank")->value ==
          Approx(w.squaredNorm() / std::pow(report.find("sigma_max")->value, 2)));
    CHECK(report.find("numerical_rank_float32")->value + report.find("effective_index_float32")->value ==
          static_cast<double>(n));
  }
}

TEST_CASE("the determinant of a dense causal matrix is the product of its diagonal, at any size") {
  Matrix w = random_lower(6, 3);
  const OperatorReport report = analyze(dense_layer(w));
  const double exact = w.diagonal().prod();
  CHECK(std::fabs(report.find("determinant")->value - exact) <=
        report.find("determinant")->error + 1e-15 * std::fabs(exact));
  CHECK(report.find("log_abs_det")->value == Approx(std::log(std::fabs(exact))));
  w.diagonal().setConstant(-1e-80);
  w(0, 0) = 1e-80;
  const OperatorReport tiny = analyze(dense_layer(w));
  CHECK(tiny.find("determinant")->status == Status::not_defined);
  const double mantissa = tiny.find("determinant_mantissa")->value;
  CHECK(mantissa * std::pow(10, tiny.find("determinant_exponent10")->value + 480) ==
        Approx(-1).epsilon(1e-13));
  CHECK(tiny.find("determinant_mantissa")->error <= 1e-13);
  CHECK(tiny.find("log_abs_det")->value == Approx(-480 * std::log(10.0)));
}

TEST_CASE("a zero on the diagonal makes a dense causal matrix singular, exactly") {
  Matrix w = random_lower(5, 4);
  w(2, 2) = 0;
  const OperatorReport report = analyze(dense_layer(w));
  CHECK(report.find("determinant")->value == 0);
  CHECK(report.find("determinant")->status == Status::certified);
  CHECK(report.find("sigma_min")->value == 0);
  CHECK(report.find("sigma_min")->status == Status::certified);
  CHECK(std::isinf(report.find("condition")->value));
  CHECK(std::isinf(report.find("log_abs_det")->value));
}

TEST_CASE("a dense causal matrix has no index, and that of the nearest Toeplitz matrix says whose it is") {
  const std::vector<double> taps{0.5, 1, 0.125, 0};
  Matrix w = model::CausalToeplitz(taps).dense();
  const OperatorReport same = analyze(dense_layer(w));
  CHECK(same.winding.status == IndexStatus::no_symbol);
  for (const char* id : {"winding_number", "fredholm_index", "winding_fraction", "index_margin"})
    CHECK(same.find(id)->status == Status::not_defined);
  CHECK(same.find("toeplitz_distance")->value == 0);
  CHECK(same.find("toeplitz_distance")->status == Status::certified);
  const double number = static_cast<double>(analysis::winding_number(taps).number);
  CHECK(same.find("nearest_toeplitz_winding_number")->value == number);
  CHECK(same.find("nearest_toeplitz_fredholm_index")->value == -number);
  CHECK_THAT(same.find("nearest_toeplitz_winding_number")->method, Catch::Contains("not of the layer"));
  CHECK_FALSE(analysis::has_undecided(same));
  w(3, 1) += 0.3, w(2, 0) -= 0.3;  // the mean of this diagonal stays
  const OperatorReport other = analyze(dense_layer(w));
  CHECK(other.find("toeplitz_distance")->value == Approx(0.3 * std::sqrt(2.0)));
  CHECK(other.find("toeplitz_distance_relative")->value == Approx(0.3 * std::sqrt(2.0) / w.norm()));
  CHECK(other.find("nearest_toeplitz_winding_number")->value == number);
  const std::vector<OperatorReport> both{same, other};
  CHECK(analysis::summarize(both).dense == 2);
  CHECK(analysis::summarize(both).undecided == 0);
}

TEST_CASE("sections and trajectories of dense causal matrices") {
  const Matrix w = random_lower(8, 6);
  analysis::AnalyzeOptions options;
  options.sections = {4};
  const OperatorReport report = analyze(dense_layer(w), options);
  REQUIRE(report.sections.size() == 1);
  const OperatorReport corner = analyze(dense_layer(w.topLeftCorner(4, 4)));
  for (const auto& [id, measure] : report.sections[0].measures)
    if (id == "sigma_max") CHECK(measure.value == corner.find("sigma_max")->value);
  const std::vector<analysis::RecordedStep> steps{{1, {dense_layer(w)}}};
  CHECK(analysis::trace("run", steps, 1).points[0].operators[0].winding.status == IndexStatus::no_symbol);
}

TEST_CASE("adding the identity to a dense causal matrix keeps what rounding loses in its error") {
  Matrix w = random_lower(4, 7);
  w(1, 1) = 1e-20;
  model::LayerOperator layer = dense_layer(w);
  model::add_identity(layer);
  CHECK(layer.matrix[5] == 1);
  CHECK(layer.tap_error_l1 >= 1e-20);
  CHECK(layer.tap_error_l1 <= 0x1p-52 * 4);
  CHECK(analyze(layer).find("determinant")->error > 0);
}

TEST_CASE("rows divided by their sums: the spectrum of diag(1/c) T against long double") {
  std::mt19937_64 generator(8);
  std::normal_distribution<double> normal(0, 0.2);
  std::vector<double> raw(24);
  for (double& x : raw) x = static_cast<float>(normal(generator));
  const model::DerivedTaps taps = model::softplus_taps(raw, true);
  model::LayerOperator layer;
  layer.name = "blocks.0.mixer.weight_raw[0]";
  layer.taps = taps.taps;
  layer.derivation = "softplus(weight_raw)";
  layer.tap_error_l1 = taps.error_l1;
  Long product = Long::Zero(24, 24);
  long double sum = 0;
  double c = 0;
  for (Eigen::Index t = 0; t < 24; ++t) {
    // The real taps to 64 bits, and c as a network sums it.
    for (Eigen::Index s = 0; s <= t; ++s)
      product(t, s) = std::log1p(std::exp(static_cast<long double>(raw[static_cast<std::size_t>(t - s)])));
    sum += product(t, 0);
    product.row(t) /= sum;
    layer.row_divisor.push_back(c += taps.taps[static_cast<std::size_t>(t)]);
  }
  const OperatorReport report = analyze(layer);
  REQUIRE(report.divided);
  check_values(*report.divided, product);
  const auto exact = test::singular_values(product);
  CHECK(report.find("row_divided_sigma_max")->value == Approx(static_cast<double>(exact[0])).epsilon(1e-12));
  CHECK(report.find("log10_row_divided_sigma_max") != nullptr);
  // Index and the spectrum beside it stay those of T.
  model::LayerOperator plain = layer;
  plain.row_divisor.clear();
  const OperatorReport of_taps = analyze(plain);
  CHECK(of_taps.find("winding_number")->value == report.find("winding_number")->value);
  CHECK(of_taps.find("sigma_max")->value == report.find("sigma_max")->value);
  CHECK(of_taps.find("row_divided_sigma_max") == nullptr);
  CHECK_THROWS_AS(model::add_identity(layer), ArgumentError);
}
