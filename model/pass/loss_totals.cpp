// SPDX-License-Identifier: MIT
#include "model/pass/loss_totals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace tmm::model {

void LossTotals::add(std::span<const TokenLoss> losses, std::size_t length) {
  if (sums_.size() < length) sums_.resize(length);
  for (std::size_t start = 0; start + length <= losses.size(); start += length) {
    Sequence sequence{0, 0};
    for (std::size_t t = 0; t < length; ++t) {
      const TokenLoss& token = losses[start + t];
      if (!token.counted) continue;
      sequence.sum += token.loss;
      ++sequence.count;
      sums_[t].loss += token.loss;
      ++sums_[t].count;
      correct_ += token.correct ? 1 : 0;
    }
    sequences_.push_back(sequence);
    tokens_ += length;
  }
}

LossSummary LossTotals::summary() const {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  LossSummary s;
  s.sequences = sequences_.size();
  s.tokens = tokens_;
  double sum = 0;
  for (const Sequence& sequence : sequences_) {
    sum += sequence.sum;
    s.counted += sequence.count;
  }
  const auto counted = static_cast<double>(s.counted), sequences = static_cast<double>(s.sequences);
  s.loss = s.counted == 0 ? nan : sum / counted;
  // Sequences are the independent draws. Delta method for a ratio of two sums (loss, count) over them.
  double squares = 0;
  for (const Sequence& sequence : sequences_) {
    const double residual = sequence.sum - s.loss * static_cast<double>(sequence.count);
    squares += residual * residual;
  }
  s.standard_error = s.sequences < 2 ? nan : std::sqrt(squares * sequences / (sequences - 1)) / counted;
  s.perplexity = std::exp(s.loss);
  s.bits_per_token = s.loss / std::numbers::ln2;
  s.accuracy = s.counted == 0 ? nan : static_cast<double>(correct_) / counted;
  s.positions = sums_;
  for (PositionLoss& p : s.positions) p.loss = p.count == 0 ? nan : p.loss / static_cast<double>(p.count);
  return s;
}

}  // namespace tmm::model
