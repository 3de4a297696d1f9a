// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/network/cross_entropy.hpp"

namespace tmm::model {

/// Mean loss at one position of the sequence, over the sequences that have a label there.
struct PositionLoss {
  double loss = 0;
  std::size_t count = 0;
};

/// What an evaluation says of a network, over all counted positions.
struct LossSummary {
  std::size_t sequences = 0;
  std::size_t tokens = 0;     ///< read, counted or not
  std::size_t counted = 0;    ///< with a label
  double loss = 0;            ///< mean cross entropy in nats; NaN if nothing is counted
  double standard_error = 0;  ///< of the loss, from its spread over sequences; NaN for a single sequence
  double perplexity = 0;      ///< e^loss
  double bits_per_token = 0;  ///< loss / ln 2
  double accuracy = 0;        ///< share of counted positions whose label has the largest logit
  std::vector<PositionLoss> positions;
};

/// Sums losses batch by batch; order of addition is the order of the calls.
class LossTotals {
 public:
  /// Losses of whole sequences of `length` positions each.
  void add(std::span<const TokenLoss> losses, std::size_t length);
  [[nodiscard]] LossSummary summary() const;

 private:
  struct Sequence {
    double sum;
    std::size_t count;
  };
  std::size_t tokens_ = 0, correct_ = 0;
  std::vector<Sequence> sequences_;
  std::vector<PositionLoss> sums_;  // loss is a sum here
};

}  // namespace tmm::model
