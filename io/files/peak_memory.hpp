// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace tmm::io {

/// The most memory that this process has held at a time in bytes: code, libraries and file pages that it has
/// looked at included. Linux keeps it (VmHWM of /proc/self/status); elsewhere it is not known.
std::optional<std::uint64_t> peak_memory();

}  // namespace tmm::io
