// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/hdf5/attribute.hpp"
#include "io/hdf5/dataset_info.hpp"

/// Reading HDF5 files of strangers. The library runs in child processes alone (io/sandbox/child_process.hpp):
/// this process sees what they say of the header, reads plainly stored data from the file by itself, and
/// takes from shared memory what only the library can decode (chunks, compression, the other byte order).
namespace tmm::io::hdf5 {

struct Contents {
  std::vector<DatasetInfo> datasets;     ///< all of them; bfloat16 under uint16 recognised by its attribute
  Attributes attributes;                 ///< of the root
  std::uint64_t further_attributes = 0;  ///< of the root, beyond the bound on their number
  /// "PATH: NAME" of every attribute of a dataset or of a group below the root, but for a dtype = "bfloat16";
  /// at most maximum_attributes of them.
  std::vector<std::string> inner_attributes;
};

// All throw FileError (cannot be read, being written) and FormatError naming file and dataset.

Contents read_contents(const InputFile& file);
std::vector<std::string> list_datasets(const InputFile& file);
/// The header of one.
DatasetInfo read_info(const InputFile& file, const std::string& dataset);
/// Those of many, nothing of those that are not there.
std::vector<std::optional<DatasetInfo>> find_datasets(const InputFile& file,
                                                      std::span<const std::string> datasets);
Attributes read_attributes(const InputFile& file, const std::string& object);
/// Values as stored, in this machine's byte order; all storage is checked before `sink` is asked first.
/// FileError as well if the file has been written to since it was opened.
void read_values(const InputFile& file, std::span<const DatasetInfo> wanted, const Sink& sink);

}  // namespace tmm::io::hdf5
