// SPDX-License-Identifier: MIT
#include "io/run/run_result.hpp"

#include <nlohmann/json.hpp>

namespace tmm::io {

std::string run_result_json(std::uint64_t steps, const std::optional<TaskReport>& task,
                            const std::optional<RetentionReport>& retention) {
  nlohmann::ordered_json result = {{"schema_version", 1}, {"command", "train"}, {"steps", steps}};
  if (task) result["task"] = task_json(*task);
  if (retention) result["retention"] = retention_json(*retention);
  return result.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tmm::io
