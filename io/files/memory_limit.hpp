// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace tmm::io {

/// Bytes of array data that one reading of a file may ask for: three quarters of this machine's memory unless
/// set. Checked against what a header claims, before anything is allocated.
std::uint64_t memory_limit();

/// For the whole process; call it before threads start. The program's --max-memory.
void set_memory_limit(std::uint64_t bytes);

/// Throws FormatError naming the file, what it needs, and --max-memory, if `bytes` exceeds the limit.
void require_memory(std::uint64_t bytes, const std::string& file);

/// "800", "64k", "512M", "1.5G", "2GiB" → bytes (k, M, G, T are powers of 1024; case and "B", "iB" do not
/// matter). Throws ArgumentError for anything else, 0, and overflow.
std::uint64_t parse_size(const std::string& text);

}  // namespace tmm::io
