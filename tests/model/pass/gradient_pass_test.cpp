// SPDX-License-Identifier: MIT
#include "model/pass/gradient_pass.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "model/base/error.hpp"
#include "model/network/parameters.hpp"
#include "model/network/random_network.hpp"
#include "model/pass/evaluator.hpp"
#include "model/training/adamw.hpp"

using namespace tmm;
using model::GradientPass, model::Tmm, model::TokenBatch;
using test::random_batch, test::random_state;

namespace {

/// Mean loss as the evaluator computes it.
template <class T>
double mean_loss(const Tmm<T>& network, const TokenBatch& batch) {
  std::vector<model::TokenLoss> losses(batch.ids.size());
  model::Evaluator<T>(network, batch.length(), 1).run(batch, losses);
  double sum = 0, counted = 0;
  for (const auto& loss : losses) {
    sum += loss.loss;
    counted += loss.counted ? 1 : 0;
  }
  return sum / counted;
}

template <class T>
std::vector<T> numbers(const Tmm<T>& network) {
  std::vector<T> all;
  model::for_each_array([&](auto values) { all.insert(all.end(), values.begin(), values.end()); }, network);
  return all;
}

template <class T>
struct Outcome {
  double loss;
  std::vector<T> gradient;
};

template <class T>
Outcome<T> run(const Tmm<T>& network, const TokenBatch& batch, std::size_t threads) {
  auto gradient = model::zero_network<T>(network.architecture);
  GradientPass<T> pass(network, batch.sequences, batch.length(), threads);
  const double loss = pass.run(batch, gradient);
  return {loss, numbers(gradient)};
}

/// (f(x + h) − f(x − h))/2h with the rounding error of the losses and h² both near 1e-10 of the scale.
double central_difference(Tmm<double>& network, double& parameter, const TokenBatch& batch) {
  const double h = 1e-5, kept = parameter;
  parameter = kept + h;
  const double above = mean_loss(network, batch);
  parameter = kept - h;
  const double below = mean_loss(network, batch);
  parameter = kept;
  return (above - below) / (2 * h);
}

/// A few entries of each tensor, among them the first and the last, by differences of the loss.
void check_gradient(Tmm<double>& network, const TokenBatch& batch) {
  auto gradient = model::zero_network<double>(network.architecture);
  GradientPass<double> pass(network, batch.sequences, 21, 1);
  CHECK(pass.run(batch, gradient) == Approx(mean_loss(network, batch)).epsilon(1e-12));
  std::vector<std::span<double>> parameters;
  model::for_each_parameter(network, [&](const std::string&, const auto&, std::span<double> values) {
    parameters.push_back(values);
  });
  std::size_t tensor = 0;
  model::for_each_parameter(gradient, [&](const std::string& name, const auto& shape, std::span<double> g) {
    CAPTURE(name);
    double scale = 1e-3;
    for (const double x : g) scale = std::max(scale, std::fabs(x));
    const bool causal = shape.size() == 3 && shape[2] == 1;  // (n, n, 1)
    for (std::size_t i = 0; causal && i < g.size(); ++i)
      if (i % shape[0] > i / shape[0]) REQUIRE(g[i] == 0);
    for (std::size_t i = 0; i < g.size(); i += std::max<std::size_t>(1, (g.size() - 1) / 5)) {
      if (causal && i % shape[0] > i / shape[0]) continue;
      if (name.ends_with("inv_freq")) {  // stored, not trained
        CHECK(g[i] == 0);
        continue;
      }
      CHECK(std::fabs(g[i] - central_difference(network, parameters[tensor][i], batch)) < 1e-7 * scale);
    }
    ++tensor;
  });
}

}  // namespace

TEST_CASE("gradients of every tensor agree with central differences, in every variant") {
  for (const auto& variant : test::variants()) {
    auto network = model::load_network<double>(random_state(variant));
    for (const std::size_t length : {21U, 14U}) {
      CAPTURE(variant, length);
      check_gradient(network, random_batch(3, length, test::is_autoencoder(variant)));
    }
  }
}

TEST_CASE("every entry of attention and of dense matrices has the gradient that differences show") {
  for (const std::string variant : {"attention", "masked_mixer"}) {
    auto network = model::load_network<double>(random_state(variant, 9, 12, 7));
    const auto batch = random_batch(2, 9, false, 7);
    auto gradient = model::zero_network<double>(network.architecture);
    GradientPass<double>(network, 2, 9, 1).run(batch, gradient);
    for (std::size_t block = 0; block < 2; ++block) {
      auto& mixer = network.blocks[block].token_mixer;
      const auto& sums = gradient.blocks[block].token_mixer;
      const auto check = [&](std::vector<double>& parameters, const std::vector<double>& g) {
        for (std::size_t i = 0; i < g.size(); ++i) {
          CAPTURE(variant, block, i);
          if (variant == "masked_mixer" && parameters[i] == 0) continue;  // above the diagonal
          REQUIRE(std::fabs(g[i] - central_difference(network, parameters[i], batch)) < 1e-8);
        }
      };
      check(mixer.attention.weight, sums.attention.weight);
      check(mixer.out.weight, sums.out.weight);
      check(mixer.dense.weight, sums.dense.weight);
      check(mixer.dense.bias, sums.dense.bias);
    }
  }
}

TEST_CASE("gradients over several tiles of queries and rows agree with differences of the loss") {
  for (const std::string variant : {"attention", "masked_mixer"}) {
    CAPTURE(variant);
    auto network = model::load_network<double>(random_state(variant, 150));
    const auto batch = random_batch(2, 150, false);
    auto gradient = model::zero_network<double>(network.architecture);
    GradientPass<double>(network, 2, 150, 1).run(batch, gradient);
    auto& mixer = network.blocks[0].token_mixer;
    const auto& sums = gradient.blocks[0].token_mixer;
    auto& parameters = variant == "attention" ? mixer.attention.weight : mixer.dense.weight;
    const auto& g = variant == "attention" ? sums.attention.weight : sums.dense.weight;
    for (std::size_t i = 0; i < g.size(); i += g.size() / 40 + 7)
      if (parameters[i] != 0)
        CHECK(std::fabs(g[i] - central_difference(network, parameters[i], batch)) < 1e-8);
  }
}

TEST_CASE("gradients through mean-normalised rows agree with differences of the loss") {
  for (const std::string variant : {"softplus_heads", "plain_heads"}) {
    auto network = test::mean_normalised(model::load_network<double>(random_state(variant)));
    // Sums of taps of either sign come near 0, where differences of the loss say nothing.
    if (variant == "plain_heads")
      for (auto& block : network.blocks)
        for (double& w : block.token_mixer.first.weight) w = std::fabs(w) + 0.1;
    for (const std::size_t length : {21U, 14U}) {
      CAPTURE(variant, length);
      check_gradient(network, random_batch(3, length, false));
    }
  }
}

TEST_CASE("gradients through a code that stands elsewhere or is not unrolled agree with differences") {
  for (const std::string variant : {"autoencoder", "autoencoder_compressed"})
    for (const bool unroll : {true, false}) {
      CAPTURE(variant, unroll);
      auto network = model::load_network<double>(random_state(variant));
      network.architecture.form.code_from_end = 2;
      network.architecture.form.unroll = unroll;
      check_gradient(network, random_batch(3, 21, true));
    }
}

TEST_CASE("a gradient of averages is refused") {
  for (const auto& variant : test::forward_variants()) {
    const auto network = model::load_network<float>(random_state(variant));
    CHECK_THROWS_WITH(GradientPass<float>(network, 2, 21, 1), Catch::Contains("no way back"));
  }
}

TEST_CASE("float gradients are those in double, rounded, on either side of the change to FFT") {
  for (const std::string variant : {"flat", "heads", "expanded", "kernel", "attention", "masked_mixer"})
    for (const std::size_t n : {1U, 2U, 127U, 129U, 513U}) {
      CAPTURE(variant, n);
      const auto state = random_state(variant, n);
      const auto batch = random_batch(2, n, true);
      model::Assumptions longest;  // attention has no tensor of that length
      longest.context = model::Answer<std::size_t>{n, ""};
      const auto wanted = run(model::load_network<double>(state, longest), batch, 1);
      const auto found = run(model::load_network<float>(state, longest), batch, 1);
      double scale = 0, gap = 0;
      for (std::size_t i = 0; i < wanted.gradient.size(); ++i) {
        scale = std::max(scale, std::fabs(wanted.gradient[i]));
        gap = std::max(gap, std::fabs(wanted.gradient[i] - static_cast<double>(found.gradient[i])));
      }
      CHECK(gap < 1e-4 * scale);
      CHECK(found.loss == Approx(wanted.loss).epsilon(1e-5));
    }
}

TEST_CASE("loss and gradient do not depend on the number of threads, bit for bit") {
  for (const auto& variant : test::variants()) {
    CAPTURE(variant);
    const auto network = model::load_network<float>(random_state(variant));
    const auto batch = random_batch(29, 21, test::is_autoencoder(variant));
    const auto one = run(network, batch, 1);
    for (const std::size_t threads : {1U, 2U, 7U}) {
      const auto again = run(network, batch, threads);
      CHECK(again.loss == one.loss);
      CHECK(again.gradient == one.gradient);
    }
  }
}

TEST_CASE("the gradient of a batch is the mean over its positions, however it is cut") {
  const auto network = model::load_network<double>(random_state("heads_expanded"));
  auto batch = random_batch(40, 21, false);
  for (std::size_t i = 0; i < 21; ++i) batch.labels[5 * 21 + i] = model::ignored_label;
  const auto whole = run(network, batch, 2);
  // One pass serves smaller batches and shorter sequences than it was planned for.
  GradientPass<double> pass(network, 40, 21, 2);
  auto gradient = model::zero_network<double>(network.architecture);
  std::vector<double> sum(whole.gradient.size());
  double loss = 0, counted = 0;
  for (std::size_t s = 0; s < batch.sequences; ++s) {
    const auto part = [&](const std::vector<std::int32_t>& all) {
      const auto from = all.begin() + static_cast<std::ptrdiff_t>(s * 21);
      return std::vector<std::int32_t>(from, from + 21);
    };
    const TokenBatch alone{1, part(batch.ids), part(batch.labels)};
    if (s == 5) {
      CHECK_THROWS_WITH(pass.run(alone, gradient), Catch::Contains("no position"));
      continue;
    }
    loss += 20 * pass.run(alone, gradient);
    counted += 20;
    const auto more = numbers(gradient);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += 20 * more[i];
  }
  CHECK(whole.loss == Approx(loss / counted).epsilon(1e-12));
  for (std::size_t i = 0; i < sum.size(); ++i)
    REQUIRE(std::fabs(sum[i] / counted - whole.gradient[i]) < 1e-13);
}

TEST_CASE("an embedding stored twice is one parameter, with the gradient of both uses") {
  const auto once = random_state("tied");
  auto twice = once;
  auto copy = once.at("input_layer.weight");
  copy.info.name = "output_layer.weight";
  twice.insert(copy);
  const auto network = model::load_network<double>(twice);
  CHECK(network.architecture.tied);
  CHECK(network.output.empty());
  const auto batch = random_batch(3, 21, false);
  const auto tied = run(network, batch, 1);
  CHECK(tied.gradient == run(model::load_network<double>(once), batch, 1).gradient);

  auto untied = network;  // the same numbers as two parameters
  untied.architecture.tied = false;
  untied.output = untied.embedding;
  auto gradient = model::zero_network<double>(untied.architecture);
  GradientPass<double>(untied, 3, 21, 1).run(batch, gradient);
  for (std::size_t i = 0; i < gradient.output.size(); ++i)
    REQUIRE(std::fabs(tied.gradient[i] - gradient.embedding[i] - gradient.output[i]) < 1e-15);
}

TEST_CASE("taps that have changed count after update") {
  auto network = model::load_network<double>(random_state("kernel"));
  const auto batch = random_batch(2, 21, false);
  auto gradient = model::zero_network<double>(network.architecture);
  GradientPass<double> pass(network, 2, 21, 1);
  pass.run(batch, gradient);
  for (double& w : network.blocks[1].token_mixer.first.weight) w *= -2;
  pass.update();
  CHECK(pass.run(batch, gradient) == Approx(mean_loss(network, batch)).epsilon(1e-13));
  CHECK(numbers(gradient) == run(network, batch, 1).gradient);
}

TEST_CASE("steps down the gradient bring the loss of one batch below 0.01, in every variant") {
  for (const auto& variant : test::variants()) {
    auto network = model::load_network<float>(random_state(variant, 8, 12, 6));
    // Attention knows distances alone: after "a a" it cannot tell the second from the first.
    const unsigned seed = variant == "attention" ? 4 : 3;
    const auto batch = random_batch(2, 8, test::is_autoencoder(variant), 6, seed);
    if (variant == "attention") REQUIRE((batch.ids[0] != batch.ids[1] && batch.ids[8] != batch.ids[9]));
    auto gradient = model::zero_network<float>(network.architecture);
    GradientPass<float> pass(network, 2, 8, 1);
    model::AdamWState<float> state(network.architecture);
    double loss = 1;
    for (int step = 0; step < 1500 && loss >= 0.01; ++step) {
      loss = pass.run(batch, gradient);
      model::adamw_step({}, 5e-3, gradient, network, state, 1);
      pass.update();
    }
    CAPTURE(variant, state.steps);
    CHECK(loss < 0.01);
  }
}

TEST_CASE("the gradient pass refuses what it was not planned for") {
  const auto network = model::load_network<float>(random_state("flat"));
  CHECK_THROWS_AS(GradientPass<float>(network, 2, 22, 1), ArgumentError);
  CHECK_THROWS_AS(GradientPass<float>(network, 2, 0, 1), ArgumentError);
  CHECK_THROWS_AS(GradientPass<float>(network, 0, 21, 1), ArgumentError);
  GradientPass<float> pass(network, 2, 20, 1);
  auto gradient = model::zero_network<float>(network.architecture);
  CHECK_THROWS_WITH(pass.run(random_batch(2, 21, false), gradient), Catch::Contains("1 to 20 tokens"));
  CHECK_THROWS_WITH(pass.run(random_batch(3, 20, false), gradient), Catch::Contains("at most 2"));
  auto batch = random_batch(2, 20, false);
  batch.ids[24] = 30;
  CHECK_THROWS_WITH(pass.run(batch, gradient), Catch::Contains("30 at position 4 of sequence 1"));
  model::Tmm<float> other;
  batch.ids[24] = 0;
  CHECK_THROWS_WITH(pass.run(batch, other), Catch::Contains("same architecture"));
}

TEST_CASE("a network that has overflowed gives a loss that is not finite") {
  auto network = model::load_network<float>(random_state("flat"));
  network.output[7] = std::nanf("");
  CHECK_FALSE(std::isfinite(run(network, random_batch(2, 21, false), 1).loss));
}
