// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tmm::io::safetensors {

/// One tensor as the header's JSON has it; nothing but its grammar has been checked.
struct RawEntry {
  std::string name;
  std::string dtype;
  std::vector<std::uint64_t> shape;  ///< at most maximum_rank + 1 of them
  std::uint64_t begin = 0, end = 0;  ///< data_offsets
};

struct RawHeader {
  std::vector<RawEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Parses {"NAME": {"dtype": "F32", "shape": […], "data_offsets": [begin, end]}, …, "__metadata__": {"a":
/// "b"} or null} as it comes, without a tree in memory: bounded depth, no key twice, exactly these fields,
/// whole numbers from 0 to 2^64 − 1. `file` is for messages. Throws FormatError.
RawHeader parse_header(const std::string& json, const std::string& file);

/// The index of a sharded checkpoint.
struct Index {
  std::map<std::string, std::string> files;  ///< "weight_map": tensor → shard
  std::vector<std::string> metadata;         ///< names in "metadata"; what they stand for is passed over
};

/// Parses {"metadata": {…}, "weight_map": {"NAME": "FILE", …}}. Throws FormatError.
Index parse_index(const std::string& json, const std::string& file);

}  // namespace tmm::io::safetensors
