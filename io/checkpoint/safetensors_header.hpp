// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/hdf5/dataset_info.hpp"

namespace tmm::io::safetensors {

/// Bytes of the length that begins every file, and the largest header the format allows.
constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t maximum_header = 100'000'000;

/// One tensor of a file.
struct Entry {
  DatasetInfo info;
  std::uint64_t offset = 0;  ///< of its bytes, from the beginning of the file
};

struct Header {
  std::vector<Entry> entries;                   ///< in the order of their bytes
  std::map<std::string, std::string> metadata;  ///< __metadata__
};

/// Reads and checks the header of one file, strictly: a length of 2 … 100 000 000 inside the file; one JSON
/// object in UTF-8 from '{' on, padded with white space of JSON alone; no key twice (escapes resolved); known
/// types; offsets that cover the rest of the file from its first byte to its last without overlap or gap;
/// sizes that are the product of the shape and the width of the type, without overflow; metadata of strings.
/// Source: the format's README and reference implementation (Hugging Face, safetensors).
/// Throws FormatError naming file and tensor.
Header read_header(const InputFile& file);

/// Name of a type in the format, "F32" …; empty where the format has none.
std::string dtype_name(Element element, std::size_t element_size);

}  // namespace tmm::io::safetensors
