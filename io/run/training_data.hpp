// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/run/training_config.hpp"
#include "io/tokens/tokens.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/pass/evaluator.hpp"
#include "model/training/synthetic_tokens.hpp"
#include "model/training/task_tokens.hpp"

namespace tmm::io {

/// Reads the tokens of a configuration (none with --random and drawn tasks) and sets its vocabulary where it
/// leaves it open. Throws as read_tokens and read_text do.
Tokens read_training_tokens(TrainingConfig& config);

/// Sequences to train and to validate on. A stream of N tokens is cut once: its last share, a fraction
/// `validation` but one sequence at least, validates, and training sequences begin anywhere in the rest, so
/// that no token serves both. Rows are cut likewise by rows. Synthetic tokens and drawn tasks have a stream
/// for each purpose. Training has length n (the length of the rows, if there are any; 2⌊n/2⌋ for copy).
class TrainingData {
 public:
  /// Throws FormatError if there are too few tokens for a sequence of each kind.
  TrainingData(Tokens tokens, const TrainingConfig& config, const model::Architecture& architecture);

  [[nodiscard]] std::size_t length() const { return length_; }
  /// The batch of a step, a function of the seed and the step alone: `batch` sequences drawn with
  /// replacement.
  [[nodiscard]] model::TokenBatch batch(std::uint64_t step) const;
  /// At most eval_sequences of them, in order; empty if nothing is to be validated on.
  [[nodiscard]] const SequenceSet& validation() const { return validation_; }
  [[nodiscard]] model::Objective objective() const { return objective_; }
  /// Changes with any token: a continued run must have the data it began with.
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }
  [[nodiscard]] std::size_t training_tokens() const { return ids_.size(); }  ///< 0 for synthetic ones

 private:
  void split_stream(Tokens tokens, const model::Architecture& architecture, double share);
  void split_rows(const Tokens& tokens, const model::Architecture& architecture, double share);
  void draw_validation(std::size_t count);
  void append_sequence(std::uint64_t step, std::size_t number, model::TokenBatch& batch) const;
  [[nodiscard]] bool doubles() const { return objective_ == model::Objective::copy && !rows_; }

  model::Objective objective_;
  std::optional<model::SyntheticTokens> synthetic_;
  std::optional<model::TaskTokens> task_;
  std::vector<std::int32_t> ids_;     // a stream, or rows of length_
  std::vector<std::int32_t> labels_;  // of the rows, where padding or an (n + 1)-th token makes them others
  std::optional<std::int32_t> ignored_;
  bool rows_ = false;
  std::size_t length_ = 0, batch_;
  std::uint64_t seed_, fingerprint_ = 0;
  SequenceSet validation_;
};

}  // namespace tmm::io
