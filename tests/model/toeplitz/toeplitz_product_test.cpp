// SPDX-License-Identifier: MIT
#include "model/toeplitz/toeplitz_product.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "model/base/error.hpp"
#include "tolerance.hpp"

using namespace tmm;
using model::MatrixView, model::ToeplitzMethod, model::ToeplitzProduct;

namespace {

template <class T>
std::vector<T> random_values(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<T> values(count);
  for (T& x : values) x = static_cast<T>(uniform(engine));
  return values;
}

/// y_t += Σ_{s≤t} w_{t−s} x_s as it is written, in double.
template <class T>
std::vector<double> naive(const std::vector<T>& w, const std::vector<T>& x, std::size_t m,
                          std::size_t channels) {
  std::vector<double> y(m * channels);
  for (std::size_t t = 0; t < m; ++t)
    for (std::size_t s = 0; s <= t; ++s)
      for (std::size_t c = 0; c < channels; ++c)
        y[t * channels + c] += static_cast<double>(w[t - s]) * static_cast<double>(x[s * channels + c]);
  return y;
}

template <class T>
void compare_with_naive(std::size_t n, std::size_t m, std::size_t channels, ToeplitzMethod method) {
  CAPTURE(n, m, channels, method == ToeplitzMethod::dense);
  const auto w = random_values<T>(n, 1), x = random_values<T>(m * channels, 2);
  ToeplitzProduct<T> product(n, channels, method);
  REQUIRE(product.method() == method);
  product.set_taps(w);
  // Rows further apart than the channels, with other data between them that must stay as it is.
  const std::size_t stride = channels + 3;
  std::vector<T> in(m * stride, T{9}), out(m * stride, T{7});
  for (std::size_t t = 0; t < m; ++t)
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(t * channels), channels,
                in.begin() + static_cast<std::ptrdiff_t>(t * stride));
  auto scratch = product.make_scratch();
  product.apply_add(MatrixView<const T>(in.data(), m, channels, stride),
                    MatrixView<T>(out.data(), m, channels, stride), scratch);
  const auto wanted = naive(w, x, m, channels);
  double gap = 0;
  for (std::size_t t = 0; t < m; ++t)
    for (std::size_t c = 0; c < stride; ++c) {
      const double expected = 7 + (c < channels ? wanted[t * channels + c] : 0);
      gap = std::max(gap, std::fabs(static_cast<double>(out[t * stride + c]) - expected));
    }
  // |w|, |x| ≤ 1: every sum is at most m in size, and 7 is added to it.
  CHECK(gap <= static_cast<double>(test::sum_tolerance<T>(m, static_cast<T>(8))) +
                   8 * test::fft_tolerance<T>(n, T{8}));
}

}  // namespace

TEMPLATE_TEST_CASE("both Toeplitz products agree with the naive loop", "", float, double) {
  const auto method = GENERATE(ToeplitzMethod::dense, ToeplitzMethod::fft);
  for (const std::size_t n : {1U, 2U, 3U, 31U, 63U, 64U, 65U, 127U, 128U, 129U, 511U, 512U, 513U})
    for (const std::size_t channels : {1U, 5U, 16U, 17U})
      compare_with_naive<TestType>(n, n, channels, method);
  for (const std::size_t m : {1U, 2U, 63U, 64U, 65U, 99U}) compare_with_naive<TestType>(100, m, 3, method);
  compare_with_naive<TestType>(1025, 1025, 2, method);
}

TEST_CASE("the faster product is chosen by length") {
  CHECK(ToeplitzProduct<float>(512, 64).method() == ToeplitzMethod::dense);
  CHECK(ToeplitzProduct<float>(513, 64).method() == ToeplitzMethod::fft);
  CHECK(ToeplitzProduct<float>(257, 1).method() == ToeplitzMethod::fft);
  CHECK(ToeplitzProduct<float>(8192, 64).method() == ToeplitzMethod::fft);
  CHECK_THROWS_AS(ToeplitzProduct<float>(0, 1), ArgumentError);
  ToeplitzProduct<float> product(8, 1);
  CHECK_THROWS_AS(product.set_taps(std::vector<float>(7)), ArgumentError);
}

TEMPLATE_TEST_CASE("forward substitution undoes the product", "", float, double) {
  for (const std::size_t n : {1U, 2U, 63U, 64U, 65U, 200U}) {
    CAPTURE(n);
    // Minimum phase, Σ_{k>0} |w_k| ≤ 1/2 · w_0: the inverse is bounded by 2.
    auto w = random_values<TestType>(n, 4);
    for (TestType& v : w) v /= static_cast<TestType>(2 * n);
    w[0] = 1;
    const auto x = random_values<TestType>(n * 5, 5);
    model::DenseToeplitz<TestType> toeplitz(n);
    toeplitz.set_taps(w);
    std::vector<TestType> y(n * 5);
    toeplitz.apply_add(MatrixView<const TestType>(x.data(), n, 5), MatrixView<TestType>(y.data(), n, 5));
    toeplitz.solve_in_place(MatrixView<TestType>(y.data(), n, 5));
    for (std::size_t i = 0; i < x.size(); ++i)
      CHECK(std::fabs(y[i] - x[i]) <= test::sum_tolerance<TestType>(n, TestType{4}));
  }
}
