// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "io/checkpoint/torch_dictionary.hpp"
#include "io/files/input_file.hpp"

namespace tmm::io::torch {

constexpr std::size_t legacy_magic_size = 14;
/// Whether `start`, the first bytes of a file, are the pickle of torch.save's own number.
bool has_legacy_magic(std::string_view start);

struct Legacy {
  struct Place {
    std::uint64_t offset = 0, bytes = 0;  ///< in the file
  };
  Contents contents;
  std::map<std::string, Place> places;  ///< of storages, by key
};

/// Reads the form that torch.save wrote before PyTorch 1.6 (and writes still, on request): pickles of a
/// number of its own, of the protocol, of the system, of the object, of the list of storage keys; then each
/// storage, an 8-byte count and its numbers. Source: torch/serialization.py, _legacy_save. Throws
/// FormatError.
Legacy read_legacy(const InputFile& file);

}  // namespace tmm::io::torch
