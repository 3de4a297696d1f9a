// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tmm::apps {

/// What --version prints: this program's version and those of the libraries its numbers depend on.
std::string version_text();

/// Name and version of those libraries.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace tmm::apps
