// SPDX-License-Identifier: MIT
#include "io/run/run_result.hpp"

#include <nlohmann/json.hpp>

namespace tmm::io {

std::string run_result_json(std::uint64_t steps, const TaskReport& task) {
  const nlohmann::ordered_json result = {
      {"schema_version", 1}, {"command", "train"}, {"steps", steps}, {"task", task_json(task)}};
  return result.dump(2) + "\n";
}

}  // namespace tmm::io
