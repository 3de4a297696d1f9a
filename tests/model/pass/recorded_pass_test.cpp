// SPDX-License-Identifier: MIT
#include "model/pass/recorded_pass.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "model/network/parameters.hpp"
#include "model/network/random_network.hpp"
#include "model/pass/forward_pass.hpp"

using namespace tmm;
using model::GradientLayers, model::MatrixView, model::RecordedPass, model::Tmm;

namespace {

constexpr std::size_t d = 12, sequences = 2;

std::vector<std::string> all_variants() {
  auto names = test::variants();
  names.insert(names.end(), test::forward_variants().begin(), test::forward_variants().end());
  names.emplace_back("mean_normalised");
  return names;
}

Tmm<double> network_of(const std::string& variant) {
  if (variant == "mean_normalised")
    return test::mean_normalised(model::load_network<double>(test::random_state("softplus_heads")));
  return model::load_network<double>(test::random_state(variant));
}

std::vector<double> random_vector(std::size_t size, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(size);
  for (double& x : values) x = normal(engine);
  return values;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double norm(const std::vector<double>& a) {
  return std::sqrt(dot(a, a));
}

double difference(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

template <class T>
MatrixView<T> view(std::vector<T>& values) {
  return {values.data(), values.size() / d, d};
}

/// Last residual stream of this embedded input.
std::vector<double> stream(RecordedPass<double>& pass, const std::vector<double>& x) {
  std::ranges::copy(x, pass.input(x.size() / d).data);
  const auto y = pass.forward(x.size() / d, sequences);
  return {y.data, y.data + x.size()};
}

std::vector<double> along(RecordedPass<double>& pass, std::size_t first, std::size_t end,
                          std::vector<double> v) {
  pass.tangent(first, end, sequences, view(v));
  return v;
}

std::vector<double> back(RecordedPass<double>& pass, std::size_t first, std::size_t end,
                         std::vector<double> u, Tmm<double>& sums) {
  pass.backward(first, end, sequences, view(u), sums);
  return u;
}

/// What ForwardPass makes of tokens.
struct LastBlock : model::ForwardObserver<double> {
  std::vector<double> x;
  void block_output(std::size_t, std::size_t sequence, MatrixView<const double> values) override {
    x.resize((sequence + 1) * values.rows * values.cols);
    std::copy_n(values.data, values.rows * values.cols,
                x.end() - static_cast<std::ptrdiff_t>(values.rows * values.cols));
  }
};

}  // namespace

TEST_CASE("a recorded pass computes the residual stream of the forward pass, in every variant") {
  for (const auto& variant : all_variants()) {
    CAPTURE(variant);
    const auto network = network_of(variant);
    const auto batch = test::random_batch(sequences, 21, false);
    const model::ForwardPass<double> forward(network, 21);
    auto workspace = forward.make_workspace(21 * sequences, 1);
    LastBlock last;
    forward.run(batch.ids, sequences, workspace, 1, &last);
    std::vector<double> x;
    for (const auto id : batch.ids)
      x.insert(x.end(), network.embedding.begin() + id * std::ptrdiff_t{d},
               network.embedding.begin() + (id + 1) * std::ptrdiff_t{d});
    const GradientLayers<double> layers(network, 21);
    RecordedPass<double> pass(layers, 21 * sequences);
    CHECK(difference(stream(pass, x), last.x) <= 1e-14 * norm(last.x));
  }
}

TEST_CASE("forward mode agrees with central differences to 1e-7, in every variant and at every length") {
  for (const auto& variant : all_variants())
    for (const std::size_t length : {21U, 14U}) {
      CAPTURE(variant, length);
      const auto network = network_of(variant);
      const GradientLayers<double> layers(network, 21);
      RecordedPass<double> pass(layers, 21 * sequences, true), other(layers, 21 * sequences);
      const auto x = random_vector(length * d * sequences, 1), v = random_vector(x.size(), 2);
      stream(pass, x);
      const auto tangent = along(pass, 0, layers.steps.size(), v);
      // Fourth order: rounding and the fifth derivative both leave about 1e-11 of the scale.
      const auto at = [&](double h) {
        auto moved = x;
        for (std::size_t i = 0; i < x.size(); ++i) moved[i] += h * v[i];
        return stream(other, moved);
      };
      const double h = 1e-3;
      const auto far_above = at(2 * h), above = at(h), below = at(-h), far_below = at(-2 * h);
      std::vector<double> differences(x.size());
      for (std::size_t i = 0; i < x.size(); ++i)
        differences[i] = (8 * (above[i] - below[i]) - (far_above[i] - far_below[i])) / (12 * h);
      CHECK(difference(tangent, differences) <= 1e-7 * norm(tangent));
      CHECK(norm(tangent) > 0.1);
    }
}

TEST_CASE(
    "forward mode is the transpose of the way back to 1e-13, of every step and of all, in every variant") {
  for (const auto& variant : all_variants())
    for (const std::size_t length : {21U, 14U}) {
      CAPTURE(variant, length);
      const auto network = network_of(variant);
      const GradientLayers<double> layers(network, 21);
      RecordedPass<double> pass(layers, 21 * sequences, true);
      auto sink = model::gradient_sink(network);
      stream(pass, random_vector(length * d * sequences, 1));
      const auto v = random_vector(length * d * sequences, 2), u = random_vector(v.size(), 3);
      const std::size_t steps = layers.steps.size();
      for (std::size_t i = 0; i <= steps; ++i) {
        const std::size_t first = i == steps ? 0 : i, end = i == steps ? steps : i + 1;
        CAPTURE(first, end);
        const auto jv = along(pass, first, end, v), jtu = back(pass, first, end, u, sink);
        // Cauchy–Schwarz: the scale of both products.
        const double scale = std::max(norm(jv) * norm(u), norm(v) * norm(jtu));
        CHECK(std::fabs(dot(jv, u) - dot(v, jtu)) <= 1e-13 * scale);
      }
    }
}

TEST_CASE("a sink for gradients of parameters changes nothing in those of the input, bit for bit") {
  for (const auto& variant : all_variants()) {
    CAPTURE(variant);
    const auto network = network_of(variant);
    const GradientLayers<double> layers(network, 21);
    RecordedPass<double> pass(layers, 21 * sequences);
    auto sink = model::gradient_sink(network);
    auto whole = model::zero_network<double>(network.architecture);
    stream(pass, random_vector(21 * d * sequences, 1));
    const auto u = random_vector(21 * d * sequences, 3);
    CHECK(back(pass, 0, layers.steps.size(), u, sink) == back(pass, 0, layers.steps.size(), u, whole));
  }
}

TEST_CASE("forward mode in float is that in double to float's digits") {
  for (const auto& variant : all_variants()) {
    CAPTURE(variant);
    const auto network = network_of(variant);
    auto single = model::zero_network<float>(network.architecture);
    if (variant == "mean_normalised") single = test::mean_normalised(std::move(single));
    {
      std::vector<std::span<const double>> from;
      model::for_each_parameter(
          network, [&](const auto&, const auto&, std::span<const double> values) { from.push_back(values); });
      std::size_t i = 0;
      model::for_each_parameter(single, [&](const auto&, const auto&, std::span<float> values) {
        std::ranges::transform(from[i++], values.begin(), [](double x) { return static_cast<float>(x); });
      });
    }
    const GradientLayers<double> layers(network, 21);
    const GradientLayers<float> layers32(single, 21);
    RecordedPass<double> pass(layers, 21 * sequences, true);
    RecordedPass<float> pass32(layers32, 21 * sequences, true);
    const auto x = random_vector(21 * d * sequences, 1), v = random_vector(x.size(), 2);
    stream(pass, x);
    const auto tangent = along(pass, 0, layers.steps.size(), v);
    std::ranges::transform(x, pass32.input(x.size() / d).data,
                           [](double a) { return static_cast<float>(a); });
    pass32.forward(x.size() / d, sequences);
    std::vector<float> tangent32(v.begin(), v.end());
    pass32.tangent(0, layers.steps.size(), sequences, view(tangent32));
    CHECK(difference({tangent32.begin(), tangent32.end()}, tangent) <= 1e-4 * norm(tangent));
  }
}
