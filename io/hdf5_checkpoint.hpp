// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "io/checkpoint.hpp"

namespace tmm::io {

/// The HDF5 side of read_header and read_checkpoint (io/checkpoint.hpp).
CheckpointHeader read_hdf5_header(const std::string& path);
model::StateDict read_hdf5_checkpoint(const std::string& path, Selection selection);

}  // namespace tmm::io
