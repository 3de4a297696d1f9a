// SPDX-License-Identifier: MIT
#include "model/training/trainer.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/index/network_winding.hpp"
#include "model/base/random_source.hpp"
#include "model/network/network_sizes.hpp"
#include "model/network/objective.hpp"
#include "model/network/parameters.hpp"

using namespace tmm;
using model::Initialisation, model::NetworkSizes, model::Parametrisation;

namespace {

NetworkSizes small() {
  NetworkSizes sizes;
  sizes.embedding = 8, sizes.context = 12, sizes.vocabulary = 11, sizes.blocks = 2;
  return sizes;
}

model::TokenBatch batch_of(std::uint64_t step, std::size_t sequences = 3, std::size_t n = 12,
                           std::size_t v = 11) {
  model::RandomSource source({step});
  model::TokenBatch batch{sequences, {}, {}};
  for (std::size_t i = 0; i < sequences * n; ++i)
    batch.ids.push_back(static_cast<std::int32_t>(source.below(v)));
  batch.labels = model::make_labels(batch.ids, n, model::Objective::clm);
  return batch;
}

model::TrainerOptions options_of(Parametrisation parametrisation) {
  model::TrainerOptions options;
  options.parametrisation = parametrisation;
  options.schedule = {0.02, 5, 60, model::Decay::linear};
  options.sequences = 3;
  options.length = 12;
  return options;
}

template <class T>
std::vector<T> numbers_of(const model::Tmm<T>& network) {
  std::vector<T> all;
  for_each_parameter(network, [&](const auto&, const auto&, auto values) {
    all.insert(all.end(), values.begin(), values.end());
  });
  return all;
}

template <class T>
model::TrainerState<T> fresh(Parametrisation p, Initialisation how = Initialisation::reference) {
  return model::new_trainer_state<T>(plan_architecture(small()), p, how, 4);
}

}  // namespace

TEST_CASE("the gradient of minimum-phase parameters is that of central differences of the loss") {
  model::ToeplitzParametrisation<double> parametrisation(Parametrisation::minimum_phase);
  auto sizes = small();
  const bool heads = GENERATE(false, true);
  if (heads) sizes.heads = 2, sizes.expanded = true;
  auto parameters = model::new_trainer_state<double>(plan_architecture(sizes), Parametrisation::minimum_phase,
                                                     Initialisation::reference, 4)
                        .parameters;
  auto network = parameters, gradient = parameters;
  model::GradientPass<double> pass(network, 3, 12, 1);
  const auto batch = batch_of(1);
  auto ignored = gradient;
  const auto loss = [&] {
    parametrisation.apply(parameters, network);
    pass.update();
    return pass.run(batch, ignored);
  };
  loss();
  pass.run(batch, gradient);
  parametrisation.pull_back(parameters, gradient);
  auto& row = parameters.blocks[1].token_mixer.first.weight;
  const auto& slopes = gradient.blocks[1].token_mixer.first.weight;
  REQUIRE(slopes.size() == row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double h = 1e-5, there = row[i];
    row[i] = there + h;
    const double above = loss();
    row[i] = there - h;
    const double below = loss();
    row[i] = there;
    INFO(i);
    CHECK(slopes[i] == Approx((above - below) / (2 * h)).epsilon(1e-5).margin(1e-8));
  }
}

TEST_CASE("training lowers the loss in every parametrisation, and keeps what it promises of the taps") {
  const auto kind = GENERATE(Parametrisation::free, Parametrisation::minimum_phase, Parametrisation::frozen);
  const auto state = fresh<float>(kind);
  model::Trainer<float> trainer(state, options_of(kind));
  const auto before = trainer.network().blocks[0].token_mixer.first.weight;
  const auto bias = trainer.network().blocks[0].token_mixer.first.bias;
  const auto batch = batch_of(1);
  double first = 0, last = 0;
  for (int i = 0; i < 60; ++i) {
    const auto result = trainer.step(batch);
    REQUIRE(result.finite);
    (i == 0 ? first : last) = result.loss;
    if (kind != Parametrisation::minimum_phase) continue;
    for (const auto& [label, winding] : analysis::network_windings(trainer.network(), 1)) {
      REQUIRE(winding.status == analysis::IndexStatus::certified);
      REQUIRE(winding.number == 0);
    }
  }
  CHECK(last < 0.2 * first);
  CHECK((trainer.network().blocks[0].token_mixer.first.weight == before) ==
        (kind == Parametrisation::frozen));
  CHECK(trainer.network().blocks[0].token_mixer.first.bias != bias);
}

TEST_CASE("a trainer that begins where another has come to goes on in its steps, bit for bit") {
  const auto kind = GENERATE(Parametrisation::free, Parametrisation::minimum_phase, Parametrisation::frozen);
  const auto options = options_of(kind);
  model::Trainer<float> whole(fresh<float>(kind), options), first(fresh<float>(kind), options);
  for (std::uint64_t s = 1; s <= 20; ++s) whole.step(batch_of(s));
  for (std::uint64_t s = 1; s <= 7; ++s) first.step(batch_of(s));
  model::Trainer<float> second(first.state(), options);
  CHECK(second.steps() == 7);
  for (std::uint64_t s = 8; s <= 20; ++s) second.step(batch_of(s));
  CHECK(numbers_of(second.network()) == numbers_of(whole.network()));
  CHECK(numbers_of(second.state().optimiser.second) == numbers_of(whole.state().optimiser.second));
  CHECK(second.steps() == 20);
}

TEST_CASE("clipping bounds the gradient that the optimiser sees") {
  auto options = options_of(Parametrisation::free);
  options.clip = 1e-3;
  // The first moment after one step is (1 − β₁) of that gradient.
  model::Trainer<double> trainer(fresh<double>(Parametrisation::free), options);
  const auto result = trainer.step(batch_of(1));
  CHECK(result.gradient_norm > 0.1);
  CHECK(gradient_norm(trainer.state().optimiser.first) == Approx(0.1 * 1e-3).epsilon(1e-10));
  options.clip = 0;
  model::Trainer<double> free(fresh<double>(Parametrisation::free), options);
  CHECK(gradient_norm((free.step(batch_of(1)), free.state().optimiser.first)) ==
        Approx(0.1 * result.gradient_norm).epsilon(1e-10));
}

TEST_CASE("a loss that is not finite is reported, and changes nothing") {
  auto state = fresh<float>(Parametrisation::free);
  state.parameters.output[5] = std::numeric_limits<float>::infinity();
  model::Trainer<float> trainer(state, options_of(Parametrisation::free));
  const auto before = numbers_of(trainer.state().parameters);
  const auto result = trainer.step(batch_of(1));
  CHECK_FALSE(result.finite);
  CHECK(result.step == 1);
  CHECK(trainer.steps() == 0);
  CHECK(numbers_of(trainer.state().parameters) == before);
}
