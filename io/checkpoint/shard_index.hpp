// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/files/input_file.hpp"

namespace tmm::io {

/// What the index of a sharded checkpoint says ("model.safetensors.index.json",
/// "pytorch_model.bin.index.json").
struct ShardIndex {
  std::map<std::string, std::string> files;  ///< tensor → shard, a name without folders
  std::set<std::string> shards;
  std::vector<LostMetadata> lost;  ///< metadata of the index, but for the size of all shards
};

/// Throws FormatError: larger than 100 MB, no index, shards that are not plain names, more than 4096 of them.
ShardIndex read_shard_index(const InputFile& file);

/// The header of the whole to begin with: path, "FORM, 2 shards", what is lost of the index.
CheckpointHeader sharded_header(const std::string& path, const std::string& form, const ShardIndex& index);

/// Opens a shard that `index` names. Throws FileError if it is missing.
std::shared_ptr<const InputFile> open_shard(const std::string& path, const std::string& index);

/// Throws FormatError unless `found` has every tensor that the index at `path` names.
void require_all(const ShardIndex& index, const std::string& path,
                 const std::function<bool(const std::string&)>& found);

/// Throws FormatError unless `index` has `tensor` in `shard`, whose path is `file`.
void require_listed(const ShardIndex& index, const std::string& tensor, const std::string& shard,
                    const std::string& file);

}  // namespace tmm::io
