// SPDX-License-Identifier: MIT
// Causal Toeplitz product by FFT against the direct sum, and solve by blocks against plain substitution: the
// crossing points justify CausalToeplitz::direct_below and substitution_block. Then the growth of the FFT
// product to n = 2^20.
#include <fmt/core.h>

#include <cmath>
#include <numeric>

#include "model/toeplitz/causal_toeplitz.hpp"
#include "timing.hpp"

using Eigen::Index, Eigen::VectorXd;
using tmm::bench::initial_taps, tmm::bench::require_equal, tmm::bench::shortest_time;
using tmm::model::CausalToeplitz;

namespace {

std::span<const double> entries(const VectorXd& x) {
  return {x.data(), static_cast<std::size_t>(x.size())};
}

void direct_product(const VectorXd& w, const VectorXd& x, VectorXd& y) {
  const Index n = w.size();
  y.setZero();
  for (Index s = 0; s < n; ++s) y.tail(n - s) += x[s] * w.head(n - s);
}

void substitution(const VectorXd& w, VectorXd& x) {
  const Index n = w.size();
  for (Index s = 0; s < n; ++s) {
    x[s] /= w[0];
    x.tail(n - 1 - s) -= x[s] * w.segment(1, n - 1 - s);
  }
}

}  // namespace

int main() {
  fmt::print("product: FFT from n = {} on\n{:>9} {:>12} {:>12} {:>8}\n", CausalToeplitz::direct_below, "n",
             "tmm [us]", "direct [us]", "ratio");
  for (const Index n : {32, 64, 96, 128, 192, 256, 512, 1024, 4096}) {
    auto taps = initial_taps(static_cast<std::size_t>(n), 1);
    const VectorXd w = Eigen::Map<const VectorXd>(taps.data(), n), x = w.reverse();
    VectorXd y(n);
    const CausalToeplitz T(taps);
    const double fast = shortest_time([&] { T.perform_op(x.data(), y.data()); }, 0.05);
    const double direct = shortest_time([&] { direct_product(w, x, y); }, 0.05);
    fmt::print("{:>9} {:>12.2f} {:>12.2f} {:>8.3f}\n", n, 1e6 * fast, 1e6 * direct, fast / direct);
    direct_product(w, x, y);
    VectorXd z(n);
    T.perform_op(x.data(), z.data());
    require_equal(entries(z), entries(y), 1e-13, "the products differ");
  }

  fmt::print("\nsolve\n{:>9} {:>12} {:>12} {:>8}\n", "n", "tmm [us]", "direct [us]", "ratio");
  for (const Index n : {256, 512, 1024, 2048, 4096, 8192}) {
    auto taps = initial_taps(static_cast<std::size_t>(n), 1);
    taps[0] = 3;
    const VectorXd w = Eigen::Map<const VectorXd>(taps.data(), n), x = w.reverse();
    const CausalToeplitz T(taps);
    VectorXd y;
    const double fast = shortest_time([&] { y = T.solve(x); }, 0.05);
    const double direct = shortest_time([&] { substitution(w, y = x); }, 0.05);
    fmt::print("{:>9} {:>12.2f} {:>12.2f} {:>8.3f}\n", n, 1e6 * fast, 1e6 * direct, fast / direct);
    y = T.solve(x);
    VectorXd z = x;
    substitution(w, z);
    require_equal(entries(y), entries(z), 1e-9, "the solutions differ");
  }

  fmt::print("\ngrowth of one product\n{:>9} {:>12} {:>22}\n", "n", "tmm [ms]", "ns / (n log2 n)");
  for (Index n = 1 << 10; n <= 1 << 20; n *= 4) {
    const CausalToeplitz T(initial_taps(static_cast<std::size_t>(n), 1));
    const VectorXd x = VectorXd::Ones(n);
    VectorXd y(n);
    const double seconds = shortest_time([&] { T.perform_op(x.data(), y.data()); });
    const double size = static_cast<double>(n);
    const auto taps = initial_taps(static_cast<std::size_t>(n), 1);  // the last entry of T 1 is their sum
    const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
    tmm::bench::require(std::fabs(y[n - 1] - sum) < 1e-12 * std::sqrt(size), "the product is wrong");
    fmt::print("{:>9} {:>12.3f} {:>22.3f}\n", n, 1e3 * seconds, 1e9 * seconds / (size * std::log2(size)));
  }
}
