// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "io/checkpoint/tensor_source.hpp"
#include "io/zip/zip_archive.hpp"

namespace tmm::io {

/// Whether the archive is one of numpy.savez: some entry is called NAME.npy.
bool is_npz_archive(const ZipArchive& archive);

/// The .npz side of open_checkpoint: one array an entry, NAME.npy, stored or deflated; other entries are
/// named in CheckpointHeader::lost. Throws FormatError as numpy::read_header does.
std::unique_ptr<TensorSource> open_npz_checkpoint(std::shared_ptr<const InputFile> file,
                                                  std::shared_ptr<const ZipArchive> archive);

/// The .npy side: one array without a name, here "arr_0", as numpy.savez calls such.
std::unique_ptr<TensorSource> open_npy_checkpoint(std::shared_ptr<const InputFile> file);

}  // namespace tmm::io
