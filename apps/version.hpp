// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tmm::apps {

/// What --version prints: this program's version and those of the libraries its numbers depend on.
std::string version_text();

}  // namespace tmm::apps
