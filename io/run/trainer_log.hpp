// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "io/checkpoint/checkpoint_folder.hpp"

namespace tmm::io {

/// What the trainer of a run has logged, by step, under the names of metrics.csv: train_loss, validation_loss
/// (validation_loss_NAME for further sets), learning_rate, gradient_norm. Losses are means in nats, as
/// logged: train_loss over the steps since the entry before.
struct TrainerLog {
  std::string path;
  std::map<std::string, std::map<std::uint64_t, double>> columns;
};

/// The log_history of a trainer_state.json (Hugging Face Trainer): entries {step, loss, learning_rate,
/// grad_norm} and {step, eval_loss}; other members are left alone. NaN and infinities, which Python writes as
/// words that are no JSON, are no numbers. Throws FileError; FormatError naming file and place: no JSON (no
/// key twice, bounded), no log_history, an entry without a step, a loss that is no number, too large.
TrainerLog read_trainer_log(const std::string& path);

/// The log of the latest state in the folder of a run: its own, or that of its newest checkpoint which has
/// one. Nothing if there is none.
std::optional<TrainerLog> find_trainer_log(const CheckpointFolder& folder);

}  // namespace tmm::io
