// SPDX-License-Identifier: MIT
#include "model/toeplitz/toeplitz_gradient.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "model/toeplitz/toeplitz_product.hpp"
#include "tolerance.hpp"

using namespace tmm;
using model::MatrixView, model::ToeplitzGradient, model::ToeplitzMethod, model::ToeplitzProduct;

namespace {

template <class T>
std::vector<T> random_values(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<T> values(count);
  for (T& x : values) x = static_cast<T>(uniform(engine));
  return values;
}

/// Both gradients as they are written, in double: gx_s = Σ_{t≥s} w_{t−s} gy_t, gw_k = Σ_t Σ_c gy_t x_{t−k}.
struct Naive {
  std::vector<double> gx, gw;

  template <class T>
  Naive(const std::vector<T>& w, const std::vector<T>& x, const std::vector<T>& gy, std::size_t m,
        std::size_t channels)
      : gx(m * channels), gw(w.size()) {
    for (std::size_t t = 0; t < m; ++t)
      for (std::size_t s = 0; s <= t; ++s)
        for (std::size_t c = 0; c < channels; ++c) {
          const auto g = static_cast<double>(gy[t * channels + c]);
          gx[s * channels + c] += static_cast<double>(w[t - s]) * g;
          gw[t - s] += g * static_cast<double>(x[s * channels + c]);
        }
  }
};

/// `values` (m, channels) in rows that lie further apart, with `filler` between.
template <class T>
std::vector<T> spread(const std::vector<T>& values, std::size_t channels, std::size_t stride, T filler) {
  std::vector<T> all(values.size() / channels * stride, filler);
  for (std::size_t i = 0; i < values.size(); ++i) all[i / channels * stride + i % channels] = values[i];
  return all;
}

template <class T>
void compare_with_naive(std::size_t n, std::size_t m, std::size_t channels, ToeplitzMethod method) {
  CAPTURE(n, m, channels, method == ToeplitzMethod::dense);
  const auto w = random_values<T>(n, 1), x = random_values<T>(m * channels, 2),
             gy = random_values<T>(m * channels, 3);
  ToeplitzGradient<T> product(n, channels, method);
  REQUIRE(product.method() == method);
  product.set_taps(w);
  const std::size_t stride = channels + 3;
  auto in = spread(x, channels, stride, T{9}), gradient = spread(gy, channels, stride, T{5});
  std::vector<T> gx(m * stride, T{7}), gw(n, T{7});
  auto scratch = product.make_scratch();
  const MatrixView<const T> in_view(in.data(), m, channels, stride),
      gradient_view(gradient.data(), m, channels, stride);
  const MatrixView<T> gx_view(gx.data(), m, channels, stride);
  // What an earlier sum has left behind must not count; two sequences must.
  for (const int sequences : {1, 2}) {
    std::fill(gx.begin(), gx.end(), T{7});
    std::fill(gw.begin(), gw.end(), T{7});
    product.start(scratch);
    for (int s = 0; s < sequences; ++s) product.add(in_view, gradient_view, gx_view, scratch);
    product.finish(scratch, gw);
  }
  const Naive wanted(w, x, gy, m, channels);
  const auto size = static_cast<T>(8 * channels);  // of a sum's terms
  const double tolerance = 2 * static_cast<double>(test::sum_tolerance<T>(m, size)) +
                           16 * static_cast<double>(test::fft_tolerance<T>(n, size));
  double gap = 0;
  for (std::size_t t = 0; t < m; ++t)
    for (std::size_t c = 0; c < stride; ++c) {
      const double expected = 7 + (c < channels ? 2 * wanted.gx[t * channels + c] : 0);
      gap = std::max(gap, std::fabs(static_cast<double>(gx[t * stride + c]) - expected));
    }
  CHECK(gap <= tolerance);
  gap = 0;
  for (std::size_t k = 0; k < n; ++k)
    gap = std::max(gap, std::fabs(static_cast<double>(gw[k]) - 7 - 2 * wanted.gw[k]));
  CHECK(gap <= tolerance);
}

}  // namespace

TEMPLATE_TEST_CASE("transposed product and correlation agree with the naive loop, both ways", "", float,
                   double) {
  const auto method = GENERATE(ToeplitzMethod::dense, ToeplitzMethod::fft);
  for (const std::size_t n : {1U, 2U, 3U, 31U, 63U, 64U, 65U, 127U, 128U, 129U, 511U, 512U, 513U})
    for (const std::size_t channels : {1U, 16U, 17U}) compare_with_naive<TestType>(n, n, channels, method);
  for (const std::size_t m : {1U, 2U, 63U, 64U, 65U, 99U}) compare_with_naive<TestType>(100, m, 3, method);
  compare_with_naive<TestType>(1025, 1025, 2, method);
}

TEST_CASE("the faster way back is chosen by length and channels") {
  CHECK(ToeplitzGradient<float>(256, 64).method() == ToeplitzMethod::dense);
  CHECK(ToeplitzGradient<float>(257, 64).method() == ToeplitzMethod::fft);
  CHECK(ToeplitzGradient<float>(128, 8).method() == ToeplitzMethod::dense);
  CHECK(ToeplitzGradient<float>(129, 8).method() == ToeplitzMethod::fft);
  CHECK(ToeplitzGradient<float>(65, 1).method() == ToeplitzMethod::fft);
}

TEMPLATE_TEST_CASE("the transposed product is the adjoint of the product", "", float, double) {
  for (const std::size_t n : {2U, 65U, 200U, 600U}) {
    CAPTURE(n);
    const std::size_t channels = 5;
    const auto w = random_values<TestType>(n, 1), x = random_values<TestType>(n * channels, 2),
               g = random_values<TestType>(n * channels, 3);
    std::vector<TestType> y(n * channels), gx(n * channels);
    ToeplitzProduct<TestType> product(n, channels);
    ToeplitzGradient<TestType> gradient(n, channels);
    product.set_taps(w);
    gradient.set_taps(w);
    const MatrixView<const TestType> x_view(x.data(), n, channels), g_view(g.data(), n, channels);
    auto scratch = product.make_scratch();
    product.apply_add(x_view, MatrixView<TestType>(y.data(), n, channels), scratch);
    auto back = gradient.make_scratch();
    gradient.start(back);
    gradient.add(x_view, g_view, MatrixView<TestType>(gx.data(), n, channels), back);
    std::vector<TestType> gw(n);
    gradient.finish(back, gw);
    double forth = 0, transposed = 0, taps = 0, size = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      forth += static_cast<double>(g[i]) * static_cast<double>(y[i]);
      transposed += static_cast<double>(gx[i]) * static_cast<double>(x[i]);
      size += std::fabs(static_cast<double>(g[i]) * static_cast<double>(y[i]));
    }
    for (std::size_t k = 0; k < n; ++k) taps += static_cast<double>(w[k]) * static_cast<double>(gw[k]);
    // g·(T x) = (Tᵀ g)·x = Σ_k w_k gw_k
    const double tolerance =
        static_cast<double>(test::sum_tolerance<TestType>(n, static_cast<TestType>(size)));
    CHECK(std::fabs(forth - transposed) <= tolerance);
    CHECK(std::fabs(forth - taps) <= tolerance);
  }
}
