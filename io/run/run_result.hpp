// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/report/evaluation/retention_report.hpp"
#include "io/report/evaluation/task_report.hpp"

namespace tmm::io {

/// result.json of a run that has ended: {"schema_version": 1, "command": "train", "steps", "task": {…}} as
/// task_json writes it, or "retention": {…} as retention_json does.
std::string run_result_json(std::uint64_t steps, const std::optional<TaskReport>& task,
                            const std::optional<RetentionReport>& retention);

}  // namespace tmm::io
