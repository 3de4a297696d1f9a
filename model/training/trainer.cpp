// SPDX-License-Identifier: MIT
#include "model/training/trainer.hpp"

#include <cmath>
#include <utility>

#include "model/base/error.hpp"

namespace tmm::model {

namespace {

/// Embedding and encoder of one network of an architecture into another.
template <NetworkScalar T>
void copy_encoder(const Tmm<T>& from, Tmm<T>& to) {
  to.embedding = from.embedding;
  for (std::size_t i = 0; i < from.encoder_blocks; ++i) to.blocks[i] = from.blocks[i];
}

}  // namespace

template <NetworkScalar T>
Trainer<T>::Trainer(TrainerState<T> state, const TrainerOptions& options)
    : options_(options),
      state_(std::move(state)),
      parametrisation_(options.parametrisation, options.threads),
      network_(zero_network<T>(state_.parameters.architecture)),
      gradient_(network_),
      pass_(network_, options.sequences, options.length, options.threads,
            options.frozen_encoder ? GradientScope::decoder : GradientScope::all) {
  if (options.frozen_encoder && options.parametrisation == Parametrisation::minimum_phase)
    throw ArgumentError("a frozen encoder keeps its own taps",
                        {"", "", "free or frozen Toeplitz weights", "minimum-phase", ""});
  parametrisation_.apply(state_.parameters, network_);
  pass_.update();
}

template <NetworkScalar T>
StepResult Trainer<T>::step(const TokenBatch& batch) {
  StepResult result;
  result.step = steps() + 1;
  result.learning_rate = options_.schedule.rate(result.step);
  result.loss = pass_.run(batch, gradient_);
  parametrisation_.pull_back(state_.parameters, gradient_);
  result.gradient_norm = gradient_norm(gradient_);
  result.finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
  if (!result.finite) return result;
  if (options_.clip > 0 && result.gradient_norm > options_.clip)
    scale_gradient(options_.clip / result.gradient_norm, gradient_);
  adamw_step(options_.adamw, result.learning_rate, gradient_, state_.parameters, state_.optimiser,
             options_.threads);
  parametrisation_.restore(network_, state_.parameters);
  // Gradients of a frozen encoder are 0, but weight decay has touched it.
  if (options_.frozen_encoder) copy_encoder(network_, state_.parameters);
  parametrisation_.apply(state_.parameters, network_);
  pass_.update();
  return result;
}

template <NetworkScalar T>
TrainerState<T> new_trainer_state(const Architecture& architecture, Parametrisation parametrisation,
                                  Initialisation initialisation, std::uint64_t seed) {
  TrainerState<T> state{zero_network<T>(architecture), AdamWState<T>(architecture)};
  ToeplitzParametrisation<T>(parametrisation).initialise(state.parameters, initialisation, seed);
  return state;
}

template class Trainer<float>;
template class Trainer<double>;
template TrainerState<float> new_trainer_state(const Architecture&, Parametrisation, Initialisation,
                                               std::uint64_t);
template TrainerState<double> new_trainer_state(const Architecture&, Parametrisation, Initialisation,
                                                std::uint64_t);

}  // namespace tmm::model
