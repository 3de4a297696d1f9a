// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tmm::analysis {

/// (library, version) of what this room has loaded, as the running libraries themselves say.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace tmm::analysis
