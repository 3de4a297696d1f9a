// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "io/checkpoint/tensor_source.hpp"
#include "io/zip/zip_archive.hpp"

namespace tmm::io {

/// Whether the archive is one of torch.save: it has a pickle, NAME/data.pkl.
bool is_torch_archive(const ZipArchive& archive);

/// Whether a file is a checkpoint or, by its index, a part of one; without an index its name must not say so.
enum class Extent { whole, shard };

/// The torch.save side of open_checkpoint. Of its pickle only plain data and tensors are understood; nothing
/// in it is ever executed. Tensors may be views of any strides and offsets, and share storages. Throws
/// FormatError: damaged; a module instead of its state dictionary; TorchScript; big-endian; what
/// torch::find_state refuses.
std::unique_ptr<TensorSource> open_torch_checkpoint(std::shared_ptr<const InputFile> file,
                                                    std::shared_ptr<const ZipArchive> archive,
                                                    Extent extent = Extent::whole);

/// Whether the file begins as torch.save wrote before PyTorch 1.6: a row of pickles and then the numbers.
bool is_legacy_torch(const InputFile& file);
std::unique_ptr<TensorSource> open_legacy_torch_checkpoint(std::shared_ptr<const InputFile> file);

}  // namespace tmm::io
