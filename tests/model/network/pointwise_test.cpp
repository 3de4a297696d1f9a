// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "model/base/vector_math.hpp"
#include "model/network/cross_entropy.hpp"
#include "model/network/layer_norm.hpp"
#include "model/network/silu.hpp"

using tmm::model::MatrixView;

TEST_CASE("the vectorised exponential is good to 2e-7 over its range, and keeps NaN") {
  for (int i = -87000; i <= 88000; ++i) {
    const float x = static_cast<float>(i) / 1000;
    const double wanted = std::exp(static_cast<double>(x));
    REQUIRE(std::fabs(static_cast<double>(tmm::model::fast_exp(x)) - wanted) <= 2e-7 * wanted);
  }
  CHECK(std::isfinite(tmm::model::fast_exp(1e9F)));
  CHECK(tmm::model::fast_exp(-HUGE_VALF) < 1e-37F);
  CHECK(tmm::model::fast_exp(0.0F) == 1.0F);
  CHECK(std::isnan(tmm::model::fast_exp(std::nanf(""))));
}

TEST_CASE("SiLU agrees with its definition, with a bias per column and per row, at any row length") {
  for (const std::size_t cols : {1U, 7U, 16U, 33U, 100U}) {
    const std::size_t rows = 3;
    std::vector<float> x(rows * cols), column(cols), row(rows), y(rows * cols);
    std::mt19937 engine(1);
    std::normal_distribution<float> normal(0, 20);
    for (float& v : x) v = normal(engine);
    for (float& v : column) v = normal(engine);
    for (float& v : row) v = normal(engine);
    const auto check = [&](const auto& bias) {
      for (std::size_t i = 0; i < rows * cols; ++i) {
        const double z = static_cast<double>(x[i] + bias(i)), wanted = z / (1 + std::exp(-z));
        CHECK(std::fabs(static_cast<double>(y[i]) - wanted) <= 1e-6 * std::fabs(wanted) + 1e-30);
      }
    };
    const MatrixView<const float> in(x.data(), rows, cols);
    const MatrixView<float> out(y.data(), rows, cols);
    silu_with_column_bias(in, column.data(), out);
    check([&](std::size_t i) { return column[i % cols]; });
    silu_with_row_bias(in, row.data(), out);
    check([&](std::size_t i) { return row[i / cols]; });
  }
}

TEST_CASE("layer norm gives mean 0 and variance 1 before scale and offset, and shifts the stream") {
  const std::size_t rows = 4, d = 37;
  std::vector<float> x(rows * d), y(rows * d), one(d, 1.0F), zero(d), column(d, 2.0F), row = {1, 2, 3, 4};
  std::mt19937 engine(2);
  std::normal_distribution<float> normal(100, 3);  // far from 0: a one-pass variance would lose its digits
  for (float& v : x) v = normal(engine);
  const auto before = x;
  tmm::model::layer_norm(tmm::model::LayerNormArguments<float>{
      {x.data(), rows, d}, {y.data(), rows, d}, one.data(), zero.data(), column.data(), row.data()});
  for (std::size_t i = 0; i < rows; ++i) {
    double mean = 0, square = 0;
    for (std::size_t j = 0; j < d; ++j) {
      mean += static_cast<double>(y[i * d + j]) / d;
      square += static_cast<double>(y[i * d + j] * y[i * d + j]) / d;
      CHECK(x[i * d + j] == before[i * d + j] + 2.0F + row[i]);
    }
    CHECK(std::fabs(mean) < 1e-4);
    CHECK(square == Approx(1).epsilon(1e-4));
  }
  std::vector<float> flat(d, 5.0F);
  tmm::model::layer_norm(tmm::model::LayerNormArguments<float>{
      {flat.data(), 1, d}, {y.data(), 1, d}, one.data(), one.data(), nullptr, nullptr});
  CHECK(y[0] == Approx(1));  // constant rows: 0 from the norm, 1 from the offset
}

TEST_CASE("cross entropy is exact for uniform logits and keeps the digits of tiny losses") {
  using tmm::model::TokenLoss;
  const std::size_t v = 1000;
  std::vector<float> logits(v, 3.0F);
  const std::int32_t label = 999, ignored = tmm::model::ignored_label;
  TokenLoss out;
  cross_entropy(MatrixView<const float>(logits.data(), 1, v), &label, &out);
  CHECK(out.loss == Approx(std::log(1000.0)).epsilon(1e-6));
  CHECK(out.counted);
  CHECK_FALSE(out.correct);  // the first of equals wins
  logits[999] = 33.0F;
  cross_entropy(MatrixView<const float>(logits.data(), 1, v), &label, &out);
  CHECK(out.loss ==
        Approx(std::log1p(999 * std::exp(-30.0))).epsilon(1e-6));  // 9.3e-11, far below float's 1e-7
  CHECK(out.correct);
  cross_entropy(MatrixView<const float>(logits.data(), 1, v), &ignored, &out);
  CHECK_FALSE(out.counted);
  CHECK(out.loss == 0);
  logits[5] = std::numeric_limits<float>::quiet_NaN();
  cross_entropy(MatrixView<const float>(logits.data(), 1, v), &label, &out);
  CHECK(std::isnan(out.loss));
}

TEST_CASE(
    "the gradient of cross entropy is softmax minus one-hot, with all digits of a nearly certain label") {
  const std::size_t v = 700;
  std::vector<double> x(3 * v);
  std::mt19937 engine(5);
  std::normal_distribution<double> normal(0, 3);
  for (double& value : x) value = normal(engine);
  x[v + 300] = 60;
  const std::int32_t labels[] = {699, 300, tmm::model::ignored_label};
  auto gradient = x;
  const double loss = cross_entropy_gradient(MatrixView<double>(gradient.data(), 3, v), labels, 0.5);
  double wanted_loss = 0;
  for (std::size_t row = 0; row < 2; ++row) {
    const auto label = static_cast<std::size_t>(labels[row]);
    double others = 0;  // Σ e^{x_j − x_label} without the label
    for (std::size_t j = 0; j < v; ++j)
      if (j != label) others += std::exp(x[row * v + j] - x[row * v + label]);
    wanted_loss += std::log1p(others);
    for (std::size_t j = 0; j < v; ++j) {
      const double p = std::exp(x[row * v + j] - x[row * v + label]) / (1 + others);
      CHECK(gradient[row * v + j] == Approx(0.5 * (j == label ? -others / (1 + others) : p)).epsilon(1e-12));
    }
  }
  CHECK(loss == Approx(wanted_loss).epsilon(1e-12));
  CHECK(gradient[v + 300] != 0);
  CHECK(std::all_of(gradient.begin() + 2 * v, gradient.end(), [](double g) { return g == 0; }));
}

TEST_CASE("SiLU keeps a finite slope where its exponential leaves the range") {
  std::vector<float> x = {-200, -90, -1, 0, 1, 90, 200}, bias(7), g(7, 1), y(7), sums(7);
  silu_gradient_with_column_bias(MatrixView<const float>(x.data(), 1, 7), bias.data(),
                                 MatrixView<float>(g.data(), 1, 7), sums.data(),
                                 MatrixView<float>(y.data(), 1, 7));
  CHECK(sums == g);
  CHECK(std::fabs(g[0]) < 1e-30F);
  CHECK(std::fabs(g[1]) < 1e-30F);
  CHECK(g[2] == Approx(0.0723294881).epsilon(1e-5));  // σ(−1)(1 − σ(1))
  CHECK(g[3] == Approx(0.5));
  CHECK(g[4] == Approx(0.9276705119).epsilon(1e-6));
  CHECK(g[5] == 1.0F);
  CHECK(g[6] == 1.0F);
}
