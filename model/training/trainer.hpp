// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "model/pass/gradient_pass.hpp"
#include "model/training/adamw.hpp"
#include "model/training/learning_rate.hpp"
#include "model/training/toeplitz_parametrisation.hpp"

namespace tmm::model {

struct TrainerOptions {
  Parametrisation parametrisation = Parametrisation::free;
  Schedule schedule;
  AdamWOptions adamw;
  double clip = 1;            ///< gradients of a larger ‖g‖₂ are scaled down to it; 0: never
  std::size_t sequences = 1;  ///< at most so many in a batch
  std::size_t length = 1;     ///< of at most so many tokens
  std::size_t threads = 1;
  /// Of an autoencoder: embedding and encoder stay what they are, bit for bit. With free or frozen Toeplitz
  /// weights.
  bool frozen_encoder = false;
};

/// What training has come to: all that a later continuation needs.
template <NetworkScalar T>
struct TrainerState {
  Tmm<T> parameters;  ///< as ToeplitzParametrisation means them
  AdamWState<T> optimiser;
};

/// What one step has seen.
struct StepResult {
  std::uint64_t step = 0;    ///< counted from 1
  double loss = 0;           ///< of the batch, before the step
  double gradient_norm = 0;  ///< ‖g‖₂ before clipping, of the parameters that are trained
  double learning_rate = 0;
  /// False if loss or gradient is NaN or infinite: then no parameter has changed, and step counts the one
  /// that was not made.
  bool finite = true;
};

/// Trains a network: parameters → Toeplitz taps → loss and gradient → clipping → AdamW.
template <NetworkScalar T>
class Trainer {
 public:
  /// Begins at step 0 with these parameters, or continues where another has come to.
  Trainer(TrainerState<T> state, const TrainerOptions& options);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  StepResult step(const TokenBatch& batch);

  [[nodiscard]] std::uint64_t steps() const { return state_.optimiser.steps; }
  [[nodiscard]] const TrainerState<T>& state() const { return state_; }
  /// The network as it is now, free taps in every parametrisation.
  [[nodiscard]] const Tmm<T>& network() const { return network_; }

 private:
  TrainerOptions options_;
  TrainerState<T> state_;
  ToeplitzParametrisation<T> parametrisation_;
  Tmm<T> network_, gradient_;
  GradientPass<T> pass_;
};

/// The state before the first step.
template <NetworkScalar T>
TrainerState<T> new_trainer_state(const Architecture& architecture, Parametrisation parametrisation,
                                  Initialisation initialisation, std::uint64_t seed);

extern template class Trainer<float>;
extern template class Trainer<double>;
extern template TrainerState<float> new_trainer_state(const Architecture&, Parametrisation, Initialisation,
                                                      std::uint64_t);
extern template TrainerState<double> new_trainer_state(const Architecture&, Parametrisation, Initialisation,
                                                       std::uint64_t);

}  // namespace tmm::model
