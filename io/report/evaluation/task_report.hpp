// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "analysis/statistics/context_gain.hpp"
#include "analysis/statistics/recall_curve.hpp"
#include "model/training/task.hpp"

namespace tmm::io {

/// What a network has made of a task.
struct TaskReport {
  model::TaskSizes sizes;
  std::optional<std::uint64_t> seed;  ///< of the sequences drawn; none for those of a file
  double chance = 0;                  ///< share of right answers of a guess that knows the rules alone: drawn
                                      ///< sequences; of files, the share of the most frequent answer
  std::optional<double> chance_in_sequence;  ///< of one among the answers of the sequence; drawn sequences
  double loss = 0;                           ///< mean cross entropy of the answers in nats
  analysis::RecallCurve curve;
  std::optional<analysis::ContextGain> gain;  ///< of in_context, on sequences of 16 tokens or more
};

/// Lines for people: accuracy with its interval, chance, the curve, what context is worth.
std::string task_table(const TaskReport& report);
/// {"name", sizes, "accuracy", "interval_95": [low, high], "chance", …, "by_distance": [{…}]}.
nlohmann::ordered_json task_json(const TaskReport& report);

}  // namespace tmm::io
