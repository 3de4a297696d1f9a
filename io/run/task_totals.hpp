// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "io/report/evaluation/task_report.hpp"
#include "io/tokens/tokens.hpp"
#include "model/network/token_batch.hpp"
#include "model/pass/loss_totals.hpp"

namespace tmm::io {

/// Collects what a network answers to a task, batch by batch.
class TaskTotals {
 public:
  /// `seed` of drawn sequences; none for those of a file. Sequences have `length` tokens.
  TaskTotals(const model::TaskSizes& sizes, std::optional<std::uint64_t> seed, std::size_t length);

  /// Sequences from number `first` of the set on.
  void add(const SequenceSet& set, std::size_t first, const model::TokenBatch& batch,
           std::span<const model::TokenLoss> losses);
  [[nodiscard]] TaskReport report() const;

 private:
  TaskReport report_;
  std::size_t length_;
  model::LossTotals losses_;
  std::optional<analysis::ContextGainTotals> gain_;
  std::map<std::int32_t, std::uint64_t> frequencies_;  // of answers
};

}  // namespace tmm::io
