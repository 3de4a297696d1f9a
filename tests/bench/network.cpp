// SPDX-License-Identifier: MIT
// Forward pass of flat networks in float32 against the limit of the machine: tokens per second, and the rate
// of multiply-adds that a dense implementation would need in its matrix products, over the rate of one large
// sgemm on the same threads. Then both Toeplitz products by length and channels: their crossing justifies
// ToeplitzProduct::choose.
#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "model/pass/evaluator.hpp"
#include "networks.hpp"
#include "timing.hpp"

using namespace tmm::model;
using tmm::bench::random_batch, tmm::bench::random_network, tmm::bench::SgemmPeak, tmm::bench::shortest_time,
    tmm::bench::Size;

namespace {

struct Rates {
  double tokens_per_second, sgemm;
};

using Losses = std::vector<TokenLoss>;

Losses losses_in_double(const Size& size, const TokenBatch& batch, std::size_t threads) {
  const auto network = random_network<double>(size);
  Losses losses(batch.ids.size());
  Evaluator<double>(network, size.n, threads).run(batch, losses);
  return losses;
}

/// The loss of every position but the last of each sequence is that of the same network in double precision.
void require_losses(const Losses& losses, const Losses& expected, const Size& size) {
  std::vector<double> ours, exact;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    tmm::bench::require(losses[i].counted == expected[i].counted, "another position has a loss");
    if (!losses[i].counted) continue;
    ours.push_back(losses[i].loss);
    exact.push_back(expected[i].loss);
  }
  tmm::bench::require(ours.size() == size.batch * (size.n - 1), "a position has no loss");
  tmm::bench::require_equal<double>(ours, exact, 1e-3, "the losses are not those in double precision");
}

/// Best of rounds in which the network and the large product take turns: both see the same machine.
Rates measure(const Size& size, std::size_t threads) {
  const auto network = random_network<float>(size);
  const auto batch = random_batch(size);
  const Losses expected = losses_in_double(size, batch, threads);
  Losses losses(batch.ids.size());
  Evaluator<float> evaluator(network, size.n, threads);
  SgemmPeak peak(threads);
  Rates best{0, 0};
  for (int round = 0; round < 10; ++round) {
    best.sgemm = std::max(best.sgemm, peak.operations() / shortest_time([&] { peak.run(); }, 0.1));
    std::ranges::fill(losses, TokenLoss{});
    const double seconds = shortest_time([&] { evaluator.run(batch, losses); }, 0.1);
    require_losses(losses, expected, size);
    best.tokens_per_second =
        std::max(best.tokens_per_second, static_cast<double>(batch.ids.size()) / seconds);
  }
  return best;
}

/// Operations a token in the products that our forward pass makes: linear layers, and Toeplitz layers by
/// half.
double operations(const Size& s) {
  const auto d = static_cast<double>(s.d), blocks = static_cast<double>(s.blocks);
  return blocks * (16 * d * d + d * static_cast<double>(s.n)) + 2 * d * static_cast<double>(s.v);
}

double product_time(std::size_t n, std::size_t channels, ToeplitzMethod method) {
  ToeplitzProduct<float> product(n, channels, method);
  const std::vector<float> taps(n, 1.0F), x(n * channels, 1.0F);
  std::vector<float> y(n * channels);
  product.set_taps(taps);
  auto scratch = product.make_scratch();
  const auto apply = [&] {
    product.apply_add(MatrixView<const float>(x.data(), n, channels),
                      MatrixView<float>(y.data(), n, channels), scratch);
  };
  apply();
  std::vector<float> expected(n * channels);  // ones times ones: row t is t + 1
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<float>(i / channels + 1);
  tmm::bench::require_equal<float>(y, expected, 1e-5, "a Toeplitz product is wrong");
  return shortest_time(apply, 0.05);
}

}  // namespace

int main() {
  const std::size_t threads = std::thread::hardware_concurrency();
  fmt::print("forward pass in float32, {} threads; Toeplitz products of the last size run by FFT\n", threads);
  fmt::print("{:>5} {:>5} {:>3} {:>6} {:>6} {:>12} {:>15} {:>10}\n", "d", "n", "L", "v", "batch", "tokens/s",
             "sgemm Gflop/s", "of sgemm");
  for (const Size size :
       {Size{256, 128, 256, 8, 16}, Size{8000, 512, 512, 16, 4}, Size{256, 128, 8192, 1, 1}}) {
    const Rates rates = measure(size, threads);
    fmt::print("{:>5} {:>5} {:>3} {:>6} {:>6} {:>12.0f} {:>15.1f} {:>9.0f}%\n", size.d, size.n, size.blocks,
               size.v, size.batch, rates.tokens_per_second, rates.sgemm / 1e9,
               100 * rates.tokens_per_second * operations(size) / rates.sgemm);
  }
  fmt::print("\nToeplitz product on one thread [us]\n{:>9} {:>8} {:>10} {:>10}\n", "n", "channels", "dense",
             "FFT");
  const OneBlasThread one;
  for (const std::size_t channels : {1U, 2U, 4U, 8U, 16U, 64U})
    for (const std::size_t n : {64U, 128U, 256U, 384U, 512U, 768U, 1024U, 2048U, 8192U})
      fmt::print("{:>9} {:>8} {:>10.1f} {:>10.1f}\n", n, channels,
                 1e6 * product_time(n, channels, ToeplitzMethod::dense),
                 1e6 * product_time(n, channels, ToeplitzMethod::fft));
}
