// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "io/checkpoint/shard_index.hpp"
#include "io/checkpoint/tensor_source.hpp"

namespace tmm::io {

/// Whether the first shard that the index in `file` names is a file of torch.save.
bool has_torch_shards(const InputFile& file, const ShardIndex& index);

/// Several files of torch.save as one checkpoint, by their index ("pytorch_model.bin.index.json"), under the
/// rules of open_safetensors_index. All shards stay open: at most 512. Throws FileError, FormatError.
std::unique_ptr<TensorSource> open_torch_index(std::shared_ptr<const InputFile> file,
                                               const ShardIndex& index);

}  // namespace tmm::io
