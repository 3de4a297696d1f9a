// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "io/checkpoint/tensor_source.hpp"

namespace tmm::io {

struct Conversion {
  std::string from, to;            ///< formats, in words
  std::size_t tensors = 0;         ///< arrays written
  std::vector<std::string> notes;  ///< what is in the output under another form, one sentence each
  std::vector<std::string> lost;   ///< what is not in the output, or not whole: "attribute NAME (compound)"
};

/// Writes the checkpoint `input` as `output` in the other format: HDF5 → safetensors, safetensors (one file
/// or shards) → HDF5; what is neither (torch.save, numpy) → safetensors if `output` ends in .safetensors,
/// otherwise HDF5. Lossless: every array keeps its type, shape and bits, NaN payloads included; bfloat16 is
/// stored in HDF5 as uint16 with attribute dtype = "bfloat16". Names are state-dict names (groups as dots,
/// wrapper prefixes taken off); root attributes and __metadata__ go over as text (io/hdf5/attribute.hpp),
/// however many and long. What of them the output cannot hold is named in `lost`: values that are no text,
/// number, boolean or array of those; texts that are not UTF-8; attributes of datasets and groups. The output
/// appears whole or not at all, and replaces a file only with `replace`. Throws FileError; FormatError also
/// for an array with no counterpart in the other format (strings, booleans, …): nothing is left out silently.
/// FileError as well if the input changes meanwhile.
/// `copy`: as read_header has it; a folder as it has it.
Conversion convert_checkpoint(const std::string& input, const std::string& output, bool replace,
                              const std::string& copy = {});

/// Bytes of whole arrays, as stored, by state-dict name.
using ReplacedArrays = std::map<std::string, std::vector<std::byte>>;

/// Writes the checkpoint again, in its own format (what is neither HDF5 nor safetensors as
/// convert_checkpoint) and under its own names, with some arrays replaced and `metadata` added; every other
/// array keeps type, shape and bits, metadata is kept as by convert_checkpoint. Throws as that; ArgumentError
/// for a replaced array that is not there or of another size.
Conversion copy_checkpoint(const TensorSource& source, const std::string& output, bool replace,
                           const ReplacedArrays& replaced,
                           const std::map<std::string, std::string>& metadata);

}  // namespace tmm::io
