// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "io/checkpoint/tensor_source.hpp"
#include "io/tokens/tokens.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/network/objective.hpp"
#include "model/training/task.hpp"

namespace tmm::apps {

/// The task that `tmm evaluate --task` asks.
struct TaskOptions {
  std::string task;  ///< empty: none
  std::optional<std::size_t> pairs, distance, remember, length;
  std::uint64_t seed = 1;
};

/// --task, --pairs, --distance, --remember, --length, --seed; the first is returned.
CLI::Option* add_task_options(CLI::App& command, TaskOptions& options);

/// The sizes asked for on this network: where the options are silent, those that the file says it was trained
/// with, if it was trained on this task. Throws ArgumentError for an option that the task has not and
/// sequences beyond the context.
model::TaskSizes asked_sizes(const TaskOptions& options, const io::CheckpointHeader& header,
                             const model::Architecture& architecture);

/// Throws ArgumentError for a task, or an option, that does not go with tokens of a file.
void require_task_on_tokens(const TaskOptions& options, const model::TaskSizes& sizes);

/// What a network of this file is to predict. Throws ArgumentError for one that is no language model.
model::Objective objective_of(const TaskOptions& options, const std::string& file,
                              const model::Architecture& architecture);

/// Sequences drawn for evaluation, `count` of them. Throws ArgumentError for in-context, which needs a text,
/// and for sizes that cannot be.
io::SequenceSet draw_for_evaluation(const model::TaskSizes& sizes, std::uint64_t seed, std::size_t count,
                                    const std::string& file);

}  // namespace tmm::apps
