// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "io/files/input_file.hpp"

namespace tmm::io {

/// Whether the format signature of HDF5 stands at 0, or after a user block of 512, 1024, … bytes.
bool has_hdf5_signature(const InputFile& file);

/// A form of file that is known by its first bytes, but not the one that was asked for.
struct ForeignForm {
  std::string name;    ///< "a zip archive of torch.save", …
  std::string advice;  ///< how to come from there to a file that is read
};

/// Pointers of git-lfs, files of torch.save (zip, and the older stream of pickles), pickles, numpy's .npy and
/// .npz, GGUF, compressed files and archives, web pages; nothing for any other file.
std::optional<ForeignForm> foreign_form(const InputFile& file);

/// What git-lfs leaves in the place of a file that it has not fetched.
bool is_lfs_pointer(const InputFile& file);

/// Throws FormatError, naming the form that `file` has if it is known, unless it is an HDF5 file by its
/// signature.
void require_hdf5(const InputFile& file);

}  // namespace tmm::io
