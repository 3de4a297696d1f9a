// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "io/checkpoint/checkpoint.hpp"

namespace tmm::io {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: which exact bytes a report is about.
std::string sha256(std::string_view bytes);

/// The same of a file's content, read in pieces. Throws FileError.
std::string sha256_file(const std::string& path);

/// Identity of a checkpoint. One file: sha256_file. An index with its shards: SHA-256 of the line "HASH  -"
/// of the index and the line "HASH  NAME" of each shard in order of names, which is
///   { sha256sum <model.safetensors.index.json; LC_ALL=C sha256sum model-*.safetensors; } | sha256sum
/// Throws FileError.
std::string sha256_checkpoint(const CheckpointHeader& header);

}  // namespace tmm::io
