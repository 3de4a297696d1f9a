// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tmm::io {

/// That of this library, "0.1.0".
std::string program_version();

/// (library, version) of what the numbers depend on: header-only libraries and FFTW as compiled in, the
/// others as the running libraries themselves say.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace tmm::io
