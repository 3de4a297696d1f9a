// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tmm::io {

/// Writes `content` to `path` so that a reader sees either the old file or the whole new one: a temporary
/// file in the same folder, fsync, rename. Throws FileError (path and system message); leaves no temporary
/// file behind.
void write_atomically(const std::string& path, std::string_view content);

}  // namespace tmm::io
