// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "io/report/task_report.hpp"

namespace tmm::io {

/// result.json of a run that has ended: {"schema_version": 1, "command": "train", "steps", "task": {…}}, the
/// task as task_json writes it.
std::string run_result_json(std::uint64_t steps, const TaskReport& task);

}  // namespace tmm::io
