// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "io/report/evaluation/retention_report.hpp"
#include "io/run/training_config.hpp"
#include "model/network/token_batch.hpp"
#include "model/pass/loss_totals.hpp"

namespace tmm::io {

/// Collects what a decoder gives back, batch by batch.
class RetentionTotals {
 public:
  /// Of a completed configuration.
  RetentionTotals(const TrainingConfig& config, std::size_t length);

  void add(const model::TokenBatch& batch, std::span<const model::TokenLoss> losses);
  [[nodiscard]] RetentionReport report() const;

 private:
  RetentionReport report_;
  std::size_t length_;
  model::LossTotals losses_;
  std::map<std::int32_t, std::uint64_t> frequencies_;  // of labels
};

}  // namespace tmm::io
