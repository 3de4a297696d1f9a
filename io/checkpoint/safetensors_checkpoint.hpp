// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/checkpoint/shard_index.hpp"
#include "io/checkpoint/tensor_source.hpp"

namespace tmm::io {

/// The safetensors side of open_checkpoint: one file. Throws as safetensors::read_header does, and
/// FormatError for a file that its name, "model-00001-of-00002.safetensors", says to be one shard of several.
std::unique_ptr<TensorSource> open_safetensors_checkpoint(std::shared_ptr<const InputFile> file);

/// A sharded checkpoint, by its index ("model.safetensors.index.json"). Shards are named without folders and
/// lie beside the index; index and shards must name the same tensors. Throws FileError, FormatError.
std::unique_ptr<TensorSource> open_safetensors_index(std::shared_ptr<const InputFile> file,
                                                     const ShardIndex& index);

/// Paths of the shards that an index names; none if `path` is anything else.
std::vector<std::string> shards_named_in(const std::string& path);

}  // namespace tmm::io
