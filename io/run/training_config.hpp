// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/network/network_sizes.hpp"
#include "model/network/objective.hpp"
#include "model/training/task.hpp"
#include "model/training/trainer.hpp"

namespace tmm::io {

/// v of synthetic tokens and of drawn tasks unless it is said.
inline constexpr std::size_t synthetic_vocabulary = 64;

/// Everything that determines a training run, in the words of the command line; names are those of its
/// options. The same configuration on the same data makes the same run.
struct TrainingConfig {
  std::string objective = "clm";  ///< clm, copy, autoencoder, retention

  std::string encoder;             ///< of retention: checkpoint, or folder of a run
  bool encoder_untrained = false;  ///< drawn anew in the place of its numbers
  std::string decoder = "toeplitz";
  std::size_t code_from_end = 1;  ///< the decoder reads the last position (1) or the last but one (2)

  std::vector<std::string> text;  ///< files read as bytes, one stream; paths as this process opens them
  std::string tokens, dataset;    ///< file of token ids, and which dataset of HDF5
  std::string token_type;         ///< of a file of raw numbers: uint16, …; empty: as its name says
  std::optional<std::int32_t> ignore_id;  ///< padding, which is not to be predicted
  bool random = false;                    ///< synthetic tokens (model/training/synthetic_tokens.hpp)
  std::string task;                       ///< copy, selective-copy, induction, in-context; empty: none
  std::size_t pairs = 4;                  ///< of induction
  std::optional<std::size_t> distance;    ///< of induction: blanks between pairs and questions
  std::size_t remember = 8;               ///< of selective-copy: tokens to be repeated
  double validation = 0.05;               ///< share of the data, its tail, that is never trained on

  std::string family = "tmm";       ///< tmm, first-tmm, softplus-heads
  std::string mixing = "toeplitz";  ///< toeplitz, attention, dense
  std::size_t dim = 64, context = 64, blocks = 4, expansion = 4;
  std::size_t vocabulary = 0;  ///< 0: 256 for text, 64 for what is drawn, largest token + 1 else
  std::size_t heads = 1, kernel = 1, bottleneck = 0;
  bool expanded = false, tie = false, parallel_heads = false;

  std::string toeplitz = "free";   ///< free, minimum-phase, frozen
  std::string init = "reference";  ///< reference, identity, decaying, ones

  std::uint64_t steps = 4000;
  std::size_t batch = 32;
  double learning_rate = 2e-3;
  std::optional<std::uint64_t> warmup;  ///< none: 200, or a tenth of the steps if that is less
  std::string decay = "linear";         ///< linear, cosine, constant
  double weight_decay = 0.01, clip = 1;
  std::uint64_t seed = 1;

  std::uint64_t report_every = 100, index_every = 100;  ///< 0: never
  std::uint64_t eval_every = 500;                       ///< 0: never
  std::size_t eval_sequences = 128;      ///< at most, from the beginning of the validation part
  std::uint64_t checkpoint_every = 500;  ///< besides the first and the last; 0: none besides these
  std::size_t threads = 0;               ///< 0: all processors; results do not depend on it
};

/// The completed configuration as TOML 1.0, `key = value` lines under comments that name the groups. Integers
/// of TOML end at 2^63 − 1: larger ones stand between quotes. Throws ArgumentError for a path that is not
/// UTF-8.
std::string training_config_toml(const TrainingConfig& config);

/// Puts numbers where the configuration leaves the choice and needs no data for it (warmup), and the
/// objective of a task.
void complete_training_config(TrainingConfig& config);

/// Throws ArgumentError naming the option: a text that stands for nothing, no data or data twice, numbers
/// outside their range.
void check_training_config(const TrainingConfig& config);

// The parts of a checked configuration that model/ works with.

model::Objective training_objective(const TrainingConfig& config);
/// The task and its sizes, if there is one; the vocabulary must be known.
std::optional<model::TaskSizes> task_sizes(const TrainingConfig& config);
/// Whether the sequences are the task's own: no file holds them.
bool draws_task(const TrainingConfig& config);
/// Whether a decoder is trained on a frozen encoder.
bool is_retention(const TrainingConfig& config);
model::NetworkSizes network_sizes(const TrainingConfig& config);
/// `sequences` tokens of `length` at a time.
model::TrainerOptions trainer_options(const TrainingConfig& config, std::size_t length);

}  // namespace tmm::io
