// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/checkpoint/tensor_source.hpp"

namespace tmm::io {

/// An array of a network in this process, such as one of a state_dict.
struct MemoryArray {
  DatasetInfo info;  ///< `path` is its name, with dots
  /// Writes info.bytes() bytes, row-major, in this machine's byte order; asked for at most once at a time.
  /// Empty where there are no values: what is no array, and tensors of which only the shape exists.
  std::function<void(std::span<std::byte>)> copy;
};

/// A checkpoint that is no file: its header has no path and the size of all arrays. Its sha256 is that of, in
/// order of names, the line "NAME TYPE SHAPE" and the SHA-256 of each array's bytes, the line alone of what
/// has no values or is neither floats nor integers. Throws FormatError as files of such arrays do: two of one
/// name once wrappers are off, more than 100000, extents beyond 64 GiB, Toeplitz weights that are no floats
/// or have no values. `copy`: as read_header has it.
std::unique_ptr<TensorSource> memory_checkpoint(std::vector<MemoryArray> arrays,
                                                const std::string& copy = {});

}  // namespace tmm::io
