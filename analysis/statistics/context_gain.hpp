// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/network/cross_entropy.hpp"

namespace tmm::analysis {

/// A mean over sequences, with its standard error (NaN for fewer than two).
struct SequenceMean {
  double value = 0, standard_error = 0;
};

/// How the loss of the next token falls with the tokens read before it (after Olsson et al. 2022, who take
/// the 500th minus the 50th of 512): negative numbers mean that more context helps.
struct ContextGain {
  /// Positions of the two windows, first and one past the last: an eighth of the sequence each.
  std::size_t early_first = 0, early_end = 0, late_first = 0, late_end = 0;
  std::size_t sequences = 0;  ///< that have labels in both windows
  SequenceMean early, late;   ///< mean loss in nats of a sequence's window
  SequenceMean score;         ///< late − early
  SequenceMean slope;         ///< of the loss at t against ln(t + 1), nats; least squares over a sequence
};

/// Collects losses and says what context is worth. Sequences are the independent draws: every number is a
/// mean over them of a number of each.
class ContextGainTotals {
 public:
  /// For sequences of `length` ≥ 16 tokens: throws ArgumentError for shorter ones.
  explicit ContextGainTotals(std::size_t length);

  /// Losses of whole sequences.
  void add(std::span<const model::TokenLoss> losses);
  [[nodiscard]] ContextGain result() const;

 private:
  void add_sequence(std::span<const model::TokenLoss> losses);

  std::size_t length_;
  ContextGain windows_;
  std::vector<double> early_, late_, slope_;  // of each sequence
};

}  // namespace tmm::analysis
