// SPDX-License-Identifier: MIT
#include "analysis/measures/layer_index.hpp"

#include <Eigen/LU>
#include <catch2/catch.hpp>
#include <numbers>

#include "analysis/dense_oracle.hpp"
#include "analysis/symbols.hpp"

using namespace tmm;
using analysis::layer_indices, analysis::OperatorReport, analysis::Status;
using test::Taps;

namespace {

/// Of the family TMM, with this embedding.
model::Architecture tmm_of(std::size_t embedding) {
  model::Architecture a;
  a.family = "TMM";
  a.embedding = embedding;
  return a;
}

OperatorReport report_of(const Taps& taps, std::optional<int> head, std::optional<int> row, int block = 0) {
  OperatorReport report;
  report.layer.part = "mixer_blocks";
  report.layer.block = block;
  report.layer.head = head;
  report.layer.row = row;
  report.layer.taps = taps;
  report.winding = analysis::winding_number(taps);
  return report;
}

model::Tensor tensor(const std::string& name, const Eigen::MatrixXd& m) {
  std::vector<double> values;
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) values.push_back(m(i, j));
  return {
      {name, {static_cast<std::size_t>(m.rows()), static_cast<std::size_t>(m.cols())}, model::DType::float64},
      values};
}

/// Winding number of det A(e^{iθ}) by brute force: many samples of a curve known to be well away from 0.
template <class Symbol>
long winding_of_determinant(Symbol&& symbol) {
  double turned = 0;
  constexpr int samples = 20000;
  std::complex<double> before = symbol(0.0).determinant();
  for (int j = 1; j <= samples; ++j) {
    const std::complex<double> now = symbol(2 * std::numbers::pi * j / samples).determinant();
    turned += std::arg(now / before);
    before = now;
  }
  return std::lround(turned / (2 * std::numbers::pi));
}

}  // namespace

TEST_CASE("the index of a layer with heads is minus the winding number of its matrix symbol's determinant") {
  const Taps a{1, 3, 0.5}, b{2, 0.3, 4};  // one zero inside, two zeros inside
  const Eigen::MatrixXd p = Eigen::MatrixXd::Random(4, 4) + 2 * Eigen::MatrixXd::Identity(4, 4);
  const Eigen::MatrixXd o = Eigen::MatrixXd::Random(4, 4) + 2 * Eigen::MatrixXd::Identity(4, 4);
  model::StateDict weights;
  weights.insert(tensor("mixer_blocks.0.token_mixing_layer.proj_head.0.weight", p.topRows(2)));
  weights.insert(tensor("mixer_blocks.0.token_mixing_layer.proj_head.1.weight", p.bottomRows(2)));
  weights.insert(tensor("mixer_blocks.0.token_mixing_layer.out_proj.weight", o));
  const std::vector<OperatorReport> reports{report_of(a, 0, {}), report_of(b, 1, {})};
  const auto layers = layer_indices(reports, weights, tmm_of(4));
  REQUIRE(layers.size() == 1);
  const long expected = winding_of_determinant([&](double theta) {
    Eigen::VectorXcd diagonal(4);
    diagonal << test::symbol_at(a, theta), test::symbol_at(a, theta), test::symbol_at(b, theta),
        test::symbol_at(b, theta);
    return Eigen::MatrixXcd(o * diagonal.asDiagonal() * p);
  });
  CHECK(expected == 6);
  CHECK(layers[0].index.value == -static_cast<double>(expected));
  CHECK(layers[0].index.status == Status::numerical);
  CHECK(layers[0].condition_output.value ==
        Approx(test::singular_values(o)(0) / test::singular_values(o)(3)));
  CHECK(layer_indices(reports, {}, tmm_of(4))[0].index.status == Status::undecided);  // no projections
}

TEST_CASE("the index of a kernel layer is decided by its last row alone") {
  const Taps off{1, 5}, diagonal{0.5, 2, 0.1};
  const std::vector<OperatorReport> reports{report_of(off, {}, 0), report_of(diagonal, {}, 1)};
  const auto layers = layer_indices(reports, {}, tmm_of(3));
  const long expected = winding_of_determinant([&](double theta) {
    Eigen::MatrixXcd symbol = Eigen::MatrixXcd::Zero(3, 3);
    for (int e = 0; e < 3; ++e) {
      symbol(e, e) = test::symbol_at(diagonal, theta);
      if (e > 0) symbol(e, e - 1) = test::symbol_at(off, theta);  // i = 0 of k = 2: channel e + 0 − 1
    }
    return symbol;
  });
  REQUIRE(layers.size() == 1);
  CHECK(layers[0].index.value == -static_cast<double>(expected));
  CHECK(layers[0].index.status == Status::certified);
  CHECK(layers[0].operators == 2);
}

TEST_CASE(
    "flat layers count once a channel, one head that is not Fredholm spoils the layer, expanded ones are "
    "left out") {
  const std::vector<OperatorReport> flat{report_of({1, 2}, {}, {}, 0), report_of({2, 1}, {}, {}, 1)};
  const auto layers = layer_indices(flat, {}, tmm_of(8));
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].index.value == -8);
  CHECK(layers[1].index.value == 0);
  const std::vector<OperatorReport> spoiled{report_of({1, 2}, 0, {}), report_of({1, -1}, 1, {})};
  CHECK(layer_indices(spoiled, {}, tmm_of(8))[0].index.status == Status::not_defined);
  OperatorReport stage = report_of({1, 2}, {}, {});
  stage.layer.stage = 0;
  CHECK(layer_indices(std::vector{stage}, {}, tmm_of(8)).empty());
  CHECK(layer_indices(flat, {}, tmm_of(0)).empty());
}
