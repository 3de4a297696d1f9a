// SPDX-License-Identifier: MIT
// Training steps (loss, gradient, AdamW, taps planned again) of flat networks in float32 against the limit of
// the machine: tokens per second, and the rate of the operations that a step needs over the rate of one large
// sgemm on the same threads. Then the way back through Toeplitz products by length and channels, by dense
// blocks and by FFT: their crossing justifies ToeplitzGradient::choose.
//
// With `--serve V D N L BATCH THREADS MIXING HEADS` it times one step for each line on the standard input and
// prints seconds and loss: tests/bench/training_torch.py lets PyTorch take turns with it. With `--gradient
// MODEL OUT BATCH N` it writes the gradient of a model's loss on fixed tokens, for PyTorch to compare with.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/array_file.hpp"
#include "model/pass/gradient_pass.hpp"
#include "model/toeplitz/toeplitz_gradient.hpp"
#include "model/training/adamw.hpp"
#include "networks.hpp"
#include "timing.hpp"

using namespace tmm::model;
using tmm::bench::random_batch, tmm::bench::random_network, tmm::bench::SgemmPeak, tmm::bench::shortest_time,
    tmm::bench::Size;

namespace {

/// A network that takes steps on one batch.
class Trainer {
 public:
  explicit Trainer(const Size& size, std::size_t threads, TokenMixing mixing = TokenMixing::flat,
                   std::size_t heads = 1)
      : threads_(threads),
        network_(random_network<float>(size, mixing, heads)),
        gradient_(zero_network<float>(network_.architecture)),
        state_(network_.architecture),
        pass_(network_, size.batch, size.n, threads),
        batch_(random_batch(size)) {}

  double step() {
    const double loss = pass_.run(batch_, gradient_);
    adamw_step({}, 1e-4, gradient_, network_, state_, threads_);
    pass_.update();
    return loss;
  }

 private:
  std::size_t threads_;
  Tmm<float> network_, gradient_;
  AdamWState<float> state_;
  GradientPass<float> pass_;
  TokenBatch batch_;
};

/// Operations a token that a step needs, a multiply-add being two: for each matrix product of the way forth
/// (linear layers, Toeplitz layers by half, logits) two products of the same size on the way back, for input
/// and for weights. Norms, activations, softmax and AdamW are not counted; nor is what blocks of T hold above
/// the diagonal.
double operations(const Size& s) {
  const auto d = static_cast<double>(s.d), blocks = static_cast<double>(s.blocks);
  return 3 * (blocks * (16 * d * d + d * static_cast<double>(s.n)) + 2 * d * static_cast<double>(s.v));
}

TokenMixing mixing_of(const std::string& word) {
  if (word == "attention") return TokenMixing::attention;
  return word == "dense" ? TokenMixing::dense : TokenMixing::flat;
}

/// Tokens of the comparison: token i of the batch is (i² + 7i + ⌊i/5⌋) mod v.
void write_gradient(const std::string& model, const std::string& out, std::size_t batch, std::size_t n) {
  const auto network = load_network<float>(tmm::io::read_checkpoint(model));
  TokenBatch tokens;
  tokens.sequences = batch;
  for (std::size_t i = 0; i < batch * n; ++i)
    tokens.ids.push_back(
        static_cast<std::int32_t>((i * i + 7 * i + i / 5) % network.architecture.vocabulary));
  tokens.labels = make_labels(tokens.ids, n, Objective::clm);
  auto gradient = zero_network<float>(network.architecture);
  const double loss = GradientPass<float>(network, batch, n, 2).run(tokens, gradient);
  tmm::io::ArrayWriter file(out);
  for_each_parameter(gradient, [&](const std::string& name, const auto& shape, std::span<float> values) {
    file.dataset(name, shape, values);
  });
  file.finish();
  fmt::print("{}\n", loss);
}

void serve(const Size& size, std::size_t threads, TokenMixing mixing, std::size_t heads) {
  using Clock = std::chrono::steady_clock;
  Trainer trainer(size, threads, mixing, heads);
  for (std::string line; std::getline(std::cin, line);) {
    const auto start = Clock::now();
    const double loss = trainer.step();
    fmt::print("[{}, {}]\n", std::chrono::duration<double>(Clock::now() - start).count(), loss);
    std::fflush(stdout);
  }
}

void compare_with_sgemm(const Size& size, std::size_t threads) {
  Trainer trainer(size, threads);
  SgemmPeak peak(threads);
  const double first = trainer.step();
  // Best of rounds in which both take turns: both see the same machine.
  double sgemm = 0, tokens = 0;
  for (int round = 0; round < 5; ++round) {
    sgemm = std::max(sgemm, peak.operations() / shortest_time([&] { peak.run(); }, 0.1));
    tokens = std::max(tokens,
                      static_cast<double>(size.batch * size.n) / shortest_time([&] { trainer.step(); }, 0.1));
  }
  const double last = trainer.step();
  tmm::bench::require(std::isfinite(first) && last > 0 && last < first, "the steps do not train");
  fmt::print("{:>5} {:>5} {:>3} {:>6} {:>6} {:>12.0f} {:>15.1f} {:>9.0f}%\n", size.d, size.n, size.blocks,
             size.v, size.batch, tokens, sgemm / 1e9, 100 * tokens * operations(size) / sgemm);
}

/// Seconds of one way back: transposed product and correlation.
double gradient_time(std::size_t n, std::size_t channels, ToeplitzMethod method) {
  ToeplitzGradient<float> product(n, channels, method);
  const std::vector<float> taps(n, 1.0F), x(n * channels, 1.0F), gy(n * channels, 1.0F);
  std::vector<float> gx(n * channels), gw(n);
  product.set_taps(taps);
  auto scratch = product.make_scratch();
  const auto way_back = [&] {
    product.start(scratch);
    product.add(MatrixView<const float>(x.data(), n, channels),
                MatrixView<const float>(gy.data(), n, channels), MatrixView<float>(gx.data(), n, channels),
                scratch);
    product.finish(scratch, gw);
  };
  way_back();
  // Ones throughout: row s of the gradient for x is n − s, that of the tap k is channels·(n − k).
  std::vector<float> expected_gx(n * channels), expected_gw(n);
  for (std::size_t i = 0; i < gx.size(); ++i) expected_gx[i] = static_cast<float>(n - i / channels);
  for (std::size_t k = 0; k < n; ++k) expected_gw[k] = static_cast<float>(channels * (n - k));
  tmm::bench::require_equal<float>(gx, expected_gx, 1e-5, "a gradient for the input is wrong");
  tmm::bench::require_equal<float>(gw, expected_gw, 1e-5, "a gradient for the taps is wrong");
  return shortest_time(way_back, 0.05);
}

void compare_methods() {
  fmt::print("\nway back through a Toeplitz product on one thread [us]\n{:>9} {:>8} {:>10} {:>10}\n", "n",
             "channels", "dense", "FFT");
  const OneBlasThread one;
  for (const std::size_t channels : {1U, 2U, 4U, 8U, 16U, 64U, 256U})
    for (const std::size_t n : {64U, 128U, 256U, 384U, 512U, 768U, 1024U, 2048U})
      fmt::print("{:>9} {:>8} {:>10.1f} {:>10.1f}\n", n, channels,
                 1e6 * gradient_time(n, channels, ToeplitzMethod::dense),
                 1e6 * gradient_time(n, channels, ToeplitzMethod::fft));
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t threads = std::thread::hardware_concurrency();
  const auto number = [&](int i) { return static_cast<std::size_t>(std::atoll(arguments[i])); };
  if (count == 10 && std::strcmp(arguments[1], "--serve") == 0) {
    serve({number(2), number(3), number(4), number(5), number(6)}, number(7), mixing_of(arguments[8]),
          number(9));
    return 0;
  }
  if (count == 6 && std::strcmp(arguments[1], "--gradient") == 0) {
    write_gradient(arguments[2], arguments[3], number(4), number(5));
    return 0;
  }
  fmt::print("training step in float32, {} threads\n", threads);
  fmt::print("{:>5} {:>5} {:>3} {:>6} {:>6} {:>12} {:>15} {:>10}\n", "d", "n", "L", "v", "batch", "tokens/s",
             "sgemm Gflop/s", "of sgemm");
  for (const Size size : {Size{256, 128, 256, 8, 16}, Size{256, 256, 512, 8, 8}, Size{256, 64, 64, 4, 32}})
    compare_with_sgemm(size, threads);
  compare_methods();
}
