// SPDX-License-Identifier: MIT
#include "io/run/task_totals.hpp"

#include <algorithm>

namespace tmm::io {
namespace {

constexpr std::size_t least_length_with_gain = 16;

}  // namespace

TaskTotals::TaskTotals(const model::TaskSizes& sizes, std::optional<std::uint64_t> seed, std::size_t length)
    : length_(length) {
  report_.sizes = sizes;
  report_.seed = seed;
  if (sizes.task == model::Task::in_context && length >= least_length_with_gain) gain_.emplace(length);
}

void TaskTotals::add(const SequenceSet& set, std::size_t first, const model::TokenBatch& batch,
                     std::span<const model::TokenLoss> losses) {
  auto distances = std::span(set.distances);
  if (!distances.empty()) distances = distances.subspan(first * length_, losses.size());
  report_.curve.add(losses, distances, length_);
  losses_.add(losses, length_);
  if (gain_) gain_->add(losses);
  if (!report_.seed)
    for (std::size_t i = 0; i < losses.size(); ++i)
      if (losses[i].counted) ++frequencies_[batch.labels[i]];
}

TaskReport TaskTotals::report() const {
  TaskReport report = report_;
  report.loss = losses_.summary().loss;
  if (gain_) report.gain = gain_->result();
  if (report.seed) {
    const auto chance = model::chance_level(report.sizes);
    report.chance = chance.blind;
    report.chance_in_sequence = chance.in_sequence;
    return report;
  }
  std::uint64_t most = 0;
  for (const auto& [token, count] : frequencies_) most = std::max(most, count);
  const auto answers = static_cast<double>(report.curve.all().answers());
  report.chance = static_cast<double>(most) / answers;  // NaN where nothing was asked
  return report;
}

}  // namespace tmm::io
