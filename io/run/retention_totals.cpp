// SPDX-License-Identifier: MIT
#include "io/run/retention_totals.hpp"

#include <algorithm>
#include <cmath>

namespace tmm::io {

RetentionTotals::RetentionTotals(const TrainingConfig& config, std::size_t length) : length_(length) {
  report_.encoder = config.encoder;
  report_.untrained = config.encoder_untrained;
  report_.seed = config.seed;
  report_.decoder = config.decoder;
  report_.code_from_end = config.code_from_end;
  report_.vocabulary = config.vocabulary;
}

void RetentionTotals::add(const model::TokenBatch& batch, std::span<const model::TokenLoss> losses) {
  report_.curve.add(losses, {}, length_);
  losses_.add(losses, length_);
  for (std::size_t i = 0; i < losses.size(); ++i)
    if (losses[i].counted) ++frequencies_[batch.labels[i]];
}

RetentionReport RetentionTotals::report() const {
  RetentionReport report = report_;
  report.summary = losses_.summary();
  const auto total = static_cast<double>(report.summary.counted);
  for (const auto& [token, count] : frequencies_) {
    const double share = static_cast<double>(count) / total;
    report.unigram_entropy -= share * std::log(share);
    report.chance = std::max(report.chance, share);
  }
  return report;
}

}  // namespace tmm::io
