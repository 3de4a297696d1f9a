// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "analysis/statistics/recall_curve.hpp"
#include "model/pass/loss_totals.hpp"

namespace tmm::io {

/// How much of a sequence a decoder gives back that reads one vector of its encoder.
struct RetentionReport {
  std::string encoder;     ///< path
  bool untrained = false;  ///< drawn anew
  std::uint64_t seed = 0;  ///< of what was drawn: the decoder, and an untrained encoder
  std::string decoder;     ///< "toeplitz" or "dense"
  std::size_t code_from_end = 1;
  std::size_t vocabulary = 0;
  model::LossSummary summary;   ///< on the validation sequences
  double unigram_entropy = 0;   ///< H0 in nats: of the frequencies of their tokens
  double chance = 0;            ///< share of the most frequent token
  analysis::RecallCurve curve;  ///< by position

  /// (H0 − loss)/ln 2: bits a token of the vector beyond the frequencies of tokens. Negative: fewer than
  /// these.
  [[nodiscard]] double bits_recovered() const;
  [[nodiscard]] double bits_standard_error() const;  ///< of the loss over sequences, in bits
};

std::string retention_table(const RetentionReport& report);
nlohmann::ordered_json retention_json(const RetentionReport& report);

}  // namespace tmm::io
