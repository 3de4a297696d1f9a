// SPDX-License-Identifier: MIT
// Generation with a flat network in float32, one block. First the two ways to multiply a square of T below
// the diagonal, by size: their crossing justifies OffDiagonalProduct::choose. Then growth with n: a prompt of
// n tokens against n log n, a token amortised over n of them against log² n, a token by inner products
// against n, and the memory of the caches against n·d numbers of four bytes.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "model/generation/cached_pass.hpp"
#include "model/toeplitz/off_diagonal_product.hpp"
#include "networks.hpp"
#include "timing.hpp"

using namespace tmm::model;
using tmm::bench::random_network, tmm::bench::require, tmm::bench::shortest_time, tmm::bench::Size;

namespace {

constexpr std::size_t d = 128;

double square_time(std::size_t side, std::size_t channels, ToeplitzMethod method) {
  const std::vector<float> taps(2 * side, 1.0F), x(side * channels, 1.0F);
  std::vector<float> y(side * channels);
  const OffDiagonalProduct<float> product(taps, 2 * side, side, method);
  auto scratch = product.make_scratch();
  const auto apply = [&] {
    product.apply_add({x.data(), side, channels}, {y.data(), side, channels}, scratch);
  };
  apply();
  const auto sum = static_cast<float>(side);
  require(std::ranges::all_of(y, [sum](float value) { return std::abs(value - sum) < 1e-4F * sum; }),
          "a square has not multiplied");
  return shortest_time(apply, 0.03);
}

void compare_squares() {
  const OneBlasThread one;
  fmt::print("squares below the diagonal, 64 channels: FFT time over time of matrix products\n");
  for (std::size_t side = 64; side <= 4096; side *= 2) {
    const double dense = square_time(side, 64, ToeplitzMethod::dense),
                 fft = square_time(side, 64, ToeplitzMethod::fft);
    fmt::print("  side {:5}: {:7.1f} us by matrix products, {:5.2f}; chosen: {}\n", side, dense * 1e6,
               fft / dense,
               OffDiagonalProduct<float>::choose(side, side) == ToeplitzMethod::dense ? "products" : "FFT");
  }
}

struct Growth {
  double prefill, blocked, inner, bytes;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Seconds a token of `count` steps.
double step_time(CachedPass<float>& pass, std::size_t count) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) (void)pass.step(static_cast<std::int32_t>(i * 7 % 256));
  return seconds_since(start) / static_cast<double>(count);
}

/// The least of rounds that together last a third of a second, at least three.
double least_step_time(CachedPass<float>& pass, std::size_t count) {
  const auto start = std::chrono::steady_clock::now();
  double least = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 3 || seconds_since(start) < 0.3; ++round) {
    (void)pass.rewind();
    least = std::min(least, step_time(pass, count));
  }
  return least;
}

Growth measure(std::size_t n, std::size_t threads) {
  const auto network = random_network<float>(Size{256, d, n, 1, 1});
  std::vector<std::int32_t> prompt(n);
  for (std::size_t i = 0; i < n; ++i) prompt[i] = static_cast<std::int32_t>(i * i % 251);
  Growth growth{};
  constexpr std::size_t few = 32;
  {
    CachedPass<float> pass(network, threads);
    growth.prefill = shortest_time([&] { (void)pass.start(prompt, n); }, 0.3);
    (void)pass.start(std::span(prompt).first(1), n);
    growth.blocked = least_step_time(pass, n - 1);
    growth.bytes = static_cast<double>(pass.bytes());
  }
  CachedPass<float> pass(network, threads, CacheMethod::inner_products);
  (void)pass.start(std::span(prompt).first(n - few), n);
  growth.inner = least_step_time(pass, few);
  return growth;
}

void show_growth(std::size_t threads) {
  fmt::print(
      "\ngrowth with n, d = {}, one block, {} thread{}; relative to n = 512\n"
      "      n   prompt ms  /(n log n)   us a token  /log2^2 n   us by inner products  /n   cache/(4nd)\n",
      d, threads, threads == 1 ? "" : "s");
  Growth first{};
  for (std::size_t n = 512; n <= 65536; n *= 2) {
    const Growth g = measure(n, threads);
    if (n == 512) first = g;
    const auto ratio = static_cast<double>(n) / 512;
    const double log = std::log2(static_cast<double>(n)) / 9;
    fmt::print("{:7}  {:10.2f}  {:10.2f}  {:11.1f}  {:9.2f}  {:20.1f}  {:4.2f}  {:11.2f}\n", n,
               g.prefill * 1e3, g.prefill / first.prefill / (ratio * log), g.blocked * 1e6,
               g.blocked / first.blocked / (log * log), g.inner * 1e6, g.inner / first.inner / ratio,
               g.bytes / static_cast<double>(4 * n * d));
  }
}

}  // namespace

int main() {
  compare_squares();
  show_growth(1);
}
