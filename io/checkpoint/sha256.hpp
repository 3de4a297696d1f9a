// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "io/checkpoint/file_set.hpp"

namespace tmm::io {

/// SHA-256 (FIPS 180-4) as 64 lower-case hexadecimal digits: which exact bytes a report is about.
std::string sha256(std::string_view bytes);

/// The same of a file's content, read in pieces. Throws FileError; also if the file has been written to since
/// it was opened.
std::string sha256_file(const InputFile& file);

/// Identity of a checkpoint. One file: sha256_file. An index with its shards: SHA-256 of the line "HASH  -"
/// of the index and the line "HASH  NAME" of each shard in order of names, which is
///   { sha256sum <model.safetensors.index.json; LC_ALL=C sha256sum model-*.safetensors; } | sha256sum
/// `files`: the one file, or the index and its shards in order of names. Throws FileError.
std::string sha256_checkpoint(const FileSet& files);

}  // namespace tmm::io
