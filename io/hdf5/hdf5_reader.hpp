// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/dataset_info.hpp"

/// Reading HDF5 files of strangers. The library runs in child processes alone (io/sandbox/child_process.hpp):
/// this process sees what they say of the header, reads plainly stored data from the file by itself, and
/// takes from shared memory what only the library can decode (chunks, compression, the other byte order).
namespace tmm::io::hdf5 {

/// Attributes as text; see attribute_text in io/hdf5/hdf5.hpp.
using Attributes = std::map<std::string, std::string>;

struct Contents {
  std::uint64_t file_size = 0;
  std::vector<DatasetInfo> datasets;  ///< all of them; bfloat16 under uint16 recognised by its attribute
  Attributes attributes;              ///< of the root
};

// All throw FileError (missing, not a regular file, not permitted) and FormatError naming file and dataset.

Contents read_contents(const std::string& path);
std::vector<std::string> list_datasets(const std::string& path);
/// The header of one.
DatasetInfo read_info(const std::string& path, const std::string& dataset);
Attributes read_attributes(const std::string& path, const std::string& object);
/// Values as stored, in this machine's byte order; all storage is checked before `sink` is asked first.
void read_values(const std::string& path, std::span<const DatasetInfo> wanted, const Sink& sink);

}  // namespace tmm::io::hdf5
