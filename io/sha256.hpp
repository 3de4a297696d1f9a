// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tmm::io {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: which exact bytes a report is about.
std::string sha256(std::string_view bytes);

/// The same of a file's content, read in pieces. Throws FileError.
std::string sha256_file(const std::string& path);

}  // namespace tmm::io
