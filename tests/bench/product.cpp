// SPDX-License-Identifier: MIT
// Causal Toeplitz product by FFT against the direct sum, and solve by blocks against plain substitution: the
// crossing points justify CausalToeplitz::direct_below and substitution_block. Then the growth of the FFT
// product to n = 2^20.
#include <fmt/core.h>

#include <cmath>

#include "model/toeplitz/causal_toeplitz.hpp"
#include "timing.hpp"

using Eigen::Index, Eigen::VectorXd;
using tmm::bench::initial_taps, tmm::bench::shortest_time;
using tmm::model::CausalToeplitz;

namespace {

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
  }

  fmt::print("\ngrowth of one product\n{:>9} {:>12} {:>22}\n", "n", "tmm [ms]", "ns / (n log2 n)");
  for (Index n = 1 << 10; n <= 1 << 20; n *= 4) {
    const CausalToeplitz T(initial_taps(static_cast<std::size_t>(n), 1));
    const VectorXd x = VectorXd::Ones(n);
    VectorXd y(n);
    const double seconds = shortest_time([&] { T.perform_op(x.data(), y.data()); });
    const double size = static_cast<double>(n);
    fmt::print("{:>9} {:>12.3f} {:>22.3f}\n", n, 1e3 * seconds, 1e9 * seconds / (size * std::log2(size)));
  }
}
