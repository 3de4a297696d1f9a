// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/hdf5/array_file.hpp"

namespace tmm::io {

/// The numbers that a file without a header is made of, little-endian.
enum class RawInteger { uint8, uint16, uint32, int32, int64 };

std::string_view name(RawInteger type);
/// "uint16", …; nothing for any other text.
std::optional<RawInteger> parse_raw_integer(std::string_view text);

/// Whether the file begins as numpy's .npy does.
bool is_npy(const InputFile& file);

/// The array of a .npy file (format 1.0 to 3.0) of integers of 1 to 8 bytes, of either byte order, row-major.
/// Throws FileError; FormatError naming the file: what numpy::read_header refuses, another type, numbers of
/// 2^63 and more, more than memory_limit().
Array<std::int64_t> read_npy_integers(const InputFile& file);

/// The numbers of a file that is nothing else. Throws FileError; FormatError if its size is no multiple of
/// theirs, for numbers of 2^63 and more, for more than memory_limit().
std::vector<std::int64_t> read_raw_integers(const InputFile& file, RawInteger type);

}  // namespace tmm::io
