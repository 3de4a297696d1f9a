// SPDX-License-Identifier: MIT
#include "model/training/adamw.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "model/network/parameters.hpp"
#include "model/network/random_network.hpp"

using namespace tmm;
using model::AdamWState, model::Tmm;

namespace {

template <class T>
std::vector<T> numbers(const Tmm<T>& network) {
  std::vector<T> all;
  model::for_each_array([&](auto values) { all.insert(all.end(), values.begin(), values.end()); }, network);
  return all;
}

}  // namespace

TEST_CASE("for_each_array walks all trained numbers that for_each_parameter walks") {
  for (const auto& variant : test::variants()) {
    CAPTURE(variant);
    auto network = model::load_network<double>(test::random_state(variant));
    std::vector<const double*> by_name, by_array;
    model::for_each_parameter(network, [&](const std::string& name, const auto&, std::span<double> values) {
      if (name.ends_with("inv_freq")) return;  // stored, not trained
      for (const double& x : values) by_name.push_back(&x);
    });
    model::for_each_array(
        [&](std::span<double> values) {
          for (const double& x : values) by_array.push_back(&x);
        },
        network);
    std::sort(by_name.begin(), by_name.end());
    std::sort(by_array.begin(), by_array.end());
    CHECK(by_name == by_array);
  }
}

TEST_CASE("AdamW does what its formula says, to every parameter") {
  auto network = model::load_network<double>(test::random_state("autoencoder_compressed"));
  auto gradient = network;  // any numbers will do
  model::scale_gradient(0.7, gradient);
  AdamWState<double> state(network.architecture);
  const model::AdamWOptions options{0.8, 0.95, 1e-3, 0.1};
  auto parameters = numbers(network);
  std::vector<double> first(parameters.size()), second(parameters.size());
  for (int t = 1; t <= 3; ++t) {
    const auto g = numbers(gradient);
    const double rate = 0.01 * t;
    model::adamw_step(options, rate, gradient, network, state, 2);
    for (std::size_t i = 0; i < g.size(); ++i) {
      parameters[i] -= rate * 0.1 * parameters[i];
      first[i] = 0.8 * first[i] + 0.2 * g[i];
      second[i] = 0.95 * second[i] + 0.05 * g[i] * g[i];
      const double m = first[i] / (1 - std::pow(0.8, t)), v = second[i] / (1 - std::pow(0.95, t));
      parameters[i] -= rate * m / (std::sqrt(v) + 1e-3);
    }
    const auto found = numbers(network);
    for (std::size_t i = 0; i < g.size(); ++i) REQUIRE(std::fabs(found[i] - parameters[i]) < 1e-13);
    model::scale_gradient(-0.4, gradient);
  }
  CHECK(state.steps == 3);
}

TEST_CASE("an AdamW step does not depend on the number of threads, bit for bit") {
  const auto start = model::load_network<float>(test::random_state("flat", 40, 64, 2000));
  const auto gradient = model::load_network<float>(test::random_state("flat", 40, 64, 2000));
  std::vector<std::vector<float>> found;
  for (const std::size_t threads : {1U, 2U, 5U}) {
    auto network = start;
    AdamWState<float> state(network.architecture);
    for (int step = 0; step < 3; ++step) model::adamw_step({}, 1e-3, gradient, network, state, threads);
    found.push_back(numbers(network));
  }
  CHECK(found[0] != numbers(start));
  CHECK(found[1] == found[0]);
  CHECK(found[2] == found[0]);
}

TEST_CASE("the first step of AdamW moves every parameter by the learning rate against its gradient") {
  auto network = model::load_network<double>(test::random_state("flat"));
  const auto before = numbers(network);
  auto gradient = network;
  AdamWState<double> state(network.architecture);
  model::adamw_step({0.9, 0.999, 1e-12, 0.0}, 1e-3, gradient, network, state, 1);
  const auto after = numbers(network);
  for (std::size_t i = 0; i < before.size(); ++i)
    REQUIRE(after[i] - before[i] == Approx(std::copysign(1e-3, -before[i])).epsilon(1e-6));
}

TEST_CASE("the gradient norm is that of all parameters together, and scales with them") {
  auto gradient = model::load_network<float>(test::random_state("heads"));
  double sum = 0;
  for (const float x : numbers(gradient)) sum += static_cast<double>(x) * static_cast<double>(x);
  const double norm = model::gradient_norm(gradient);
  CHECK(norm == Approx(std::sqrt(sum)).epsilon(1e-13));
  model::scale_gradient(1 / norm, gradient);
  CHECK(model::gradient_norm(gradient) == Approx(1).epsilon(1e-6));
  gradient.blocks[1].token_norm.bias[3] = std::nanf("");
  CHECK(std::isnan(model::gradient_norm(gradient)));
}
