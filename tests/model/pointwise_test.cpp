// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "model/cross_entropy.hpp"
#include "model/layer_norm.hpp"
#include "model/silu.hpp"
#include "model/vector_math.hpp"

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
  for (const std::size_t cols : {1, 7, 16, 33, 100}) {
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
