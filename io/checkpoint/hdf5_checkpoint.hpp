// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "io/checkpoint/tensor_source.hpp"

namespace tmm::io {

/// The HDF5 side of open_checkpoint.
std::unique_ptr<TensorSource> open_hdf5_checkpoint(std::shared_ptr<const InputFile> file);

}  // namespace tmm::io
