// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "model/training/trainer.hpp"

namespace tmm::io {

/// What a run has come to, beside the network and its optimiser.
struct TrainingProgress {
  std::string config;             ///< TOML, as training_config_toml wrote it
  std::uint64_t fingerprint = 0;  ///< of the data
  double loss_sum = 0;            ///< of the steps since the last report
  std::uint64_t loss_count = 0;   ///< those steps
  double seconds = 0;             ///< spent on training so far
};

/// A training run between two steps: with the configuration's data, all that its continuation needs. Batches
/// and learning rates are functions of the step, so there is no other state.
struct TrainingState {
  model::TrainerState<float> trainer;
  TrainingProgress progress;
};

/// Writes state.h5, whole or not at all: parameters/NAME, first/NAME, second/NAME (AdamW's moments) as
/// float32, and the rest. Throws FileError; FormatError if a number is not finite, so that a run that has
/// come to nothing does not replace its last good state.
void write_training_state(const std::string& path, const model::TrainerState<float>& trainer,
                          const TrainingProgress& progress);
/// Throws FileError, FormatError: not such a file, tensors missing or of another shape.
TrainingState read_training_state(const std::string& path);

/// What a state says of its run, without its networks.
struct TrainingRecord {
  std::uint64_t steps = 0;  ///< done
  std::string config;       ///< TOML
};
/// Throws as read_training_state does, but looks at no tensor.
TrainingRecord read_training_record(const std::string& path);

/// Writes a network as users store theirs, for PyTorch's load_state_dict: one float32 dataset per tensor at
/// the root, attributes objective, training_steps, config; and what no tensor says: context (attention
/// without a decoder), mean_normalised (softplus heads with divided rows), clm_encoder (an autoencoder whose
/// code is not where its family has it unless told).
void write_model(const std::string& path, const model::Tmm<float>& network, const std::string& objective,
                 std::uint64_t steps, const std::string& config);

}  // namespace tmm::io
