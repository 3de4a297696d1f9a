// SPDX-License-Identifier: MIT
#include "model/network/initialisation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "analysis/index/network_winding.hpp"
#include "model/base/error.hpp"
#include "model/checkpoint/toeplitz_name.hpp"
#include "model/network/network_sizes.hpp"
#include "model/network/parameters.hpp"
#include "model/training/toeplitz_parametrisation.hpp"

using namespace tmm;
using model::Initialisation, model::NetworkSizes, model::Parametrisation;

namespace {

struct Moments {
  double mean = 0, deviation = 0, largest = 0;
};

template <class T>
std::map<std::string, Moments> moments_of(const model::Tmm<T>& network) {
  std::map<std::string, Moments> all;
  for_each_parameter(network, [&](const std::string& name, const auto&, std::span<const T> values) {
    Moments& m = all[name];
    for (const T x : values) {
      m.mean += x / static_cast<double>(values.size());
      m.deviation += double{x} * x / static_cast<double>(values.size());
      m.largest = std::max(m.largest, std::fabs(double{x}));
    }
    m.deviation = std::sqrt(m.deviation);
  });
  return all;
}

/// Every form of token mixing, and the options of both networks.
std::vector<NetworkSizes> all_sizes() {
  std::vector<NetworkSizes> all;
  NetworkSizes base;
  base.embedding = 12, base.context = 21, base.vocabulary = 30, base.blocks = 2;
  for (const auto network : {model::Network::language_model, model::Network::autoencoder}) {
    base.network = network;
    NetworkSizes s = base;
    all.push_back(s);
    s.heads = 3, all.push_back(s);
    s.expanded = true, all.push_back(s);
    s.heads = 1, all.push_back(s);
    s = base, s.kernel_rows = 3, all.push_back(s);
    s = base, s.heads = 4, s.parallel_heads = true, all.push_back(s);
    s = base;
    if (network == model::Network::autoencoder)
      s.bottleneck = 5;
    else
      s.tied = true;
    all.push_back(s);
  }
  return all;
}

template <class T>
model::Tmm<T> made(const NetworkSizes& sizes, Initialisation how, std::uint64_t seed = 1) {
  auto network = model::zero_network<T>(plan_architecture(sizes));
  initialise(network, how, seed);
  return network;
}

}  // namespace

TEST_CASE("planned architectures are what their sizes say") {
  const auto all = all_sizes();
  const auto mixing = [&](std::size_t i) { return plan_architecture(all[i]).mixing; };
  CHECK(mixing(0) == model::TokenMixing::flat);
  CHECK(mixing(1) == model::TokenMixing::heads);
  CHECK(mixing(2) == model::TokenMixing::heads_expanded);
  CHECK(mixing(3) == model::TokenMixing::expanded);
  CHECK(mixing(4) == model::TokenMixing::kernel);
  CHECK(mixing(5) == model::TokenMixing::parallel_heads);
  for (const auto& sizes : all) {
    const auto a = plan_architecture(sizes);
    CHECK(a.network == sizes.network);
    CHECK(a.blocks() == (a.network == model::Network::autoencoder ? 4 : 2));
    CHECK(a.missing.empty());
    CHECK(a.unknown.empty());
    CHECK(a.tied == sizes.tied);
    CHECK(a.bottleneck == sizes.bottleneck);
    CHECK(a.operators == a.blocks() * sizes.heads * sizes.kernel_rows * (sizes.expanded ? 2 : 1));
    std::size_t numbers = 0;
    const auto network = model::zero_network<float>(a);
    for_each_parameter(network, [&](const auto&, const auto&, auto values) { numbers += values.size(); });
    CHECK(a.parameters == numbers);
  }
}

TEST_CASE("impossible sizes are named") {
  const auto message = [](auto change) {
    NetworkSizes sizes;
    change(sizes);
    try {
      plan_architecture(sizes);
    } catch (const ArgumentError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  using Catch::Contains;
  CHECK_THAT(message([](auto& s) { s.embedding = 0; }), Contains("embedding d"));
  CHECK_THAT(message([](auto& s) { s.heads = 3; }), Contains("H = 3") && Contains("d = 64"));
  CHECK_THAT(message([](auto& s) { s.kernel_rows = 2, s.heads = 2; }), Contains("kernel"));
  CHECK_THAT(message([](auto& s) { s.parallel_heads = true; }), Contains("parallel heads"));
  CHECK_THAT(message([](auto& s) { s.bottleneck = 3; }), Contains("autoencoder"));
  CHECK_THAT(message([](auto& s) { s.network = model::Network::autoencoder, s.embedding = 5; }),
             Contains("even d"));
  CHECK_THAT(message([](auto& s) { s.network = model::Network::autoencoder, s.tied = true; }),
             Contains("tied"));
  CHECK_THAT(message([](auto& s) { s.context = std::size_t{1} << 40U; }), Contains("context n"));
}

TEST_CASE("the reference initialisation has the deviations of the reference models") {
  NetworkSizes sizes;  // n = d = 64, v = 256
  auto m = moments_of(made<double>(sizes, Initialisation::reference));
  const auto near = [](double expected) { return Approx(expected).epsilon(0.04); };
  CHECK(m["input_layer.weight"].deviation == near(1));
  CHECK(m["output_layer.weight"].deviation == near(std::sqrt(2.0 / 64)));
  CHECK(m["mixer_blocks.1.channel_mixing_layer.0.weight"].deviation == near(std::sqrt(2.0 / 64)));
  CHECK(m["mixer_blocks.1.channel_mixing_layer.3.weight"].deviation == near(std::sqrt(2.0 / 256)));
  CHECK(m["mixer_blocks.1.channel_norm.weight"].mean == 1);
  CHECK(m["mixer_blocks.1.token_norm.bias"].largest == 0);
  CHECK(m["mixer_blocks.1.channel_mixing_layer.0.bias"].largest == 0);
  CHECK(m["mixer_blocks.1.token_mixing_layer.bias"].largest == 0);
  sizes.context = 4096;
  m = moments_of(made<double>(sizes, Initialisation::reference));
  CHECK(m["mixer_blocks.2.token_mixing_layer.weight"].deviation == near(std::sqrt(2.0 / 4096)));
  sizes.network = model::Network::autoencoder;
  m = moments_of(made<double>(sizes, Initialisation::reference));
  CHECK(m["encoderblocks.2.token_mixing_layer.weight"].deviation == near(1));
  CHECK(m["wte.weight"].deviation == near(1));
  for (const auto& [name, inputs] :
       std::map<std::string, double>{{"lm_head.weight", 64},
                                     {"projection.weight", 32},
                                     {"decoderblocks.0.channel_mixing_layer.3.weight", 256}}) {
    CHECK(m[name].deviation == near(1 / std::sqrt(3 * inputs)));
    CHECK(m[name].largest <= 1 / std::sqrt(inputs));
  }
}

TEST_CASE("initial numbers are fixed by the seed, and are not those of another tensor") {
  const auto all = all_sizes();
  const auto flat = made<float>(all[0], Initialisation::reference),
             same = made<float>(all[0], Initialisation::reference),
             other = made<float>(all[0], Initialisation::reference, 2),
             tied = made<float>(all[6], Initialisation::reference);
  CHECK(flat.embedding == same.embedding);
  CHECK(flat.embedding != other.embedding);
  CHECK(flat.blocks[0].token_mixer.first.weight != flat.blocks[1].token_mixer.first.weight);
  // A tensor's numbers do not depend on what else the network has.
  CHECK(flat.blocks[1].expand.weight == tied.blocks[1].expand.weight);
}

TEST_CASE("identity-like layers have index 0 in every row that reads its own channel") {
  for (const auto& sizes : all_sizes()) {
    const auto network = made<float>(sizes, Initialisation::identity);
    for (const auto& [label, winding] : analysis::network_windings(network, 1)) {
      if (sizes.kernel_rows > 1 && !label.ends_with("r2")) continue;
      INFO(label);
      CHECK(winding.status == analysis::IndexStatus::certified);
      CHECK(winding.number == 0);
    }
  }
}

TEST_CASE("minimum-phase layers have index 0, whatever the variant, and taps of the reference energy") {
  for (const auto how : {Initialisation::reference, Initialisation::identity, Initialisation::decaying})
    for (const auto& sizes : all_sizes()) {
      model::ToeplitzParametrisation<float> parametrisation(Parametrisation::minimum_phase);
      auto parameters = model::zero_network<float>(plan_architecture(sizes)), network = parameters;
      parametrisation.initialise(parameters, how, 3);
      parametrisation.apply(parameters, network);
      for (const auto& [label, winding] : analysis::network_windings(network, 1)) {
        INFO(label);
        CHECK(winding.status == analysis::IndexStatus::certified);
        CHECK(winding.number == 0);
      }
      if (how == Initialisation::identity || sizes.kernel_rows > 1) continue;
      double energy = 0;
      const auto& weight = network.blocks[0].token_mixer.first.weight;
      for (std::size_t k = 0; k < sizes.context; ++k) energy += double{weight[k]} * weight[k];
      CHECK(energy == Approx(network.autoencoder() ? 21 : 2).epsilon(1e-5));
    }
  model::ToeplitzParametrisation<float> parametrisation(Parametrisation::minimum_phase);
  auto parameters = model::zero_network<float>(model::plan_architecture({}));
  CHECK_THROWS_WITH(parametrisation.initialise(parameters, Initialisation::ones, 1),
                    Catch::Contains("zeros on the circle"));
}

TEST_CASE("a scale that crosses zero and parameters beyond float32 stay minimum phase") {
  NetworkSizes sizes;
  sizes.blocks = 1, sizes.context = 32;
  model::ToeplitzParametrisation<float> parametrisation(Parametrisation::minimum_phase);
  auto parameters = model::zero_network<float>(plan_architecture(sizes)), network = parameters;
  parametrisation.initialise(parameters, Initialisation::reference, 3);
  auto& row = parameters.blocks[0].token_mixer.first.weight;
  for (const float scale : {0.0F, -0.0F, -1e-30F, 1e30F}) {
    row[0] = scale;
    for (std::size_t k = 1; k < row.size(); ++k) row[k] *= -3;
    parametrisation.apply(parameters, network);
    const auto windings = analysis::network_windings(network, 1);
    CHECK(windings[0].winding.status == analysis::IndexStatus::certified);
    CHECK(windings[0].winding.number == 0);
  }
}
