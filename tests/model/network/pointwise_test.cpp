// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "model/base/vector_math.hpp"
#include "model/network/cross_entropy.hpp"
#include "model/network/gelu.hpp"
#include "model/network/layer_norm.hpp"
#include "model/network/rms_norm.hpp"
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

TEST_CASE("both forms of GELU and their slopes agree with their definitions, in float and double") {
  const std::size_t count = 241;
  std::vector<double> x(count), bias(count, 0.25);
  for (std::size_t i = 0; i < count; ++i) x[i] = -12.25 + 0.1 * static_cast<double>(i);
  const std::vector<float> xf(x.begin(), x.end()), bf(bias.begin(), bias.end());
  const auto in = MatrixView<const double>(x.data(), 1, count);
  const auto inf = MatrixView<const float>(xf.data(), 1, count);
  const double root = std::sqrt(2 / std::acos(-1.0));
  const auto tanh_form = [&](long double z) {  // x/2·(1 + tanh u), with the digits of its left tail
    const long double u = static_cast<long double>(root) * (z + 0.044715L * z * z * z);
    return z / (1 + std::exp(-2 * u));
  };
  const auto exact = [](long double z) { return z * std::erfc(-z / std::sqrt(2.0L)) / 2; };
  const auto check = [&](const auto& wanted, auto forth, auto back) {
    std::vector<double> y(count), again(count), g(count, 1), sums(count);
    std::vector<float> yf(count), againf(count), gf(count, 1), sumsf(count);
    forth(in, bias.data(), MatrixView<double>(y.data(), 1, count));
    forth(inf, bf.data(), MatrixView<float>(yf.data(), 1, count));
    back(in, bias.data(), MatrixView<double>(g.data(), 1, count), sums.data(),
         MatrixView<double>(again.data(), 1, count));
    back(inf, bf.data(), MatrixView<float>(gf.data(), 1, count), sumsf.data(),
         MatrixView<float>(againf.data(), 1, count));
    CHECK(y == again);
    CHECK(g == sums);
    for (std::size_t i = 0; i < count; ++i) {
      const long double z = static_cast<long double>(x[i]) + 0.25L, h = 1e-5L;
      CAPTURE(static_cast<double>(z));
      CHECK(y[i] == Approx(static_cast<double>(wanted(z))).epsilon(1e-12).margin(1e-300));
      CHECK(
          g[i] ==
          Approx(static_cast<double>((wanted(z + h) - wanted(z - h)) / (2 * h))).epsilon(1e-8).margin(1e-9));
      CHECK(std::fabs(static_cast<double>(yf[i]) - y[i]) < 2e-6 * (1 + std::fabs(y[i])));
      CHECK(std::fabs(static_cast<double>(gf[i]) - g[i]) < 5e-6);
    }
  };
  check(
      tanh_form, [](auto... a) { tmm::model::gelu_tanh_with_column_bias(a...); },
      [](auto... a) { tmm::model::gelu_tanh_gradient_with_column_bias(a...); });
  check(
      exact, [](auto... a) { tmm::model::gelu_with_column_bias(a...); },
      [](auto... a) { tmm::model::gelu_gradient_with_column_bias(a...); });
}

TEST_CASE("the two forms of GELU differ by what is known of them") {
  // Their largest distance is near 4.7e-4, at |x| about 2.7 (Hendrycks and Gimpel's approximation).
  std::vector<double> x, zero(801), a(801), b(801);
  for (int i = -400; i <= 400; ++i) x.push_back(i / 80.0);
  tmm::model::gelu_tanh_with_column_bias(MatrixView<const double>(x.data(), 1, 801), zero.data(),
                                         MatrixView<double>(a.data(), 1, 801));
  tmm::model::gelu_with_column_bias(MatrixView<const double>(x.data(), 1, 801), zero.data(),
                                    MatrixView<double>(b.data(), 1, 801));
  double gap = 0;
  for (std::size_t i = 0; i < 801; ++i) gap = std::max(gap, std::fabs(a[i] - b[i]));
  CHECK(gap > 4e-4);
  CHECK(gap < 5e-4);
}

TEST_CASE(
    "RMSNorm gives mean square 1 before its scale, without taking the mean away, and shifts the stream") {
  const std::size_t rows = 3, d = 37;
  std::vector<float> x(rows * d), y(rows * d), scale(d, 2.0F), column(d, 2.0F), row = {1, 2, 3};
  std::mt19937 engine(4);
  std::normal_distribution<float> normal(5, 3);
  for (float& v : x) v = normal(engine);
  const auto before = x;
  tmm::model::rms_norm(tmm::model::LayerNormArguments<float>{
      {x.data(), rows, d}, {y.data(), rows, d}, scale.data(), nullptr, column.data(), row.data()});
  for (std::size_t i = 0; i < rows; ++i) {
    double square = 0;
    for (std::size_t j = 0; j < d; ++j) {
      square += static_cast<double>(y[i * d + j] * y[i * d + j]) / d;
      CHECK(x[i * d + j] == before[i * d + j] + 2.0F + row[i]);
      CHECK(y[i * d + j] / y[i * d] == Approx(before[i * d + j] / before[i * d]).epsilon(1e-5));
    }
    CHECK(square == Approx(4).epsilon(1e-5));
  }
  // ε is the machine epsilon of the number type: it shows where the row is as small as its root.
  double tiny = 1e-8, out = 0;
  const double one = 1;
  tmm::model::rms_norm(tmm::model::LayerNormArguments<double>{{&tiny, 1, 1}, {&out, 1, 1}, &one, nullptr});
  CHECK(out == Approx(1e-8 / std::sqrt(1e-16 + 0x1p-52)).epsilon(1e-14));
}

TEST_CASE("a norm without shifts copies the stream where it goes elsewhere") {
  std::vector<double> x = {1, 2, 3}, y(3), to(3), one(3, 1.0), zero(3);
  for (const bool rms : {true, false}) {
    std::fill(to.begin(), to.end(), 0.0);
    tmm::model::LayerNormArguments<double> a{{x.data(), 1, 3}, {y.data(), 1, 3}, one.data(), zero.data()};
    a.shifted = {to.data(), 1, 3};
    rms ? tmm::model::rms_norm(a) : tmm::model::layer_norm(a);
    CHECK(to == x);
  }
}
