// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/assumptions.hpp"
#include "model/checkpoint/contradiction.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::io {

/// A dataset of a checkpoint that is no float tensor: a step counter, a string, …
struct IgnoredDataset {
  std::string name;
  std::string type;  ///< "int64", "string", …
};

/// Metadata of a file that CheckpointHeader::attributes does not hold, or not whole.
struct LostMetadata {
  std::string what;       ///< in words: "attribute NAME (compound)"
  std::string attribute;  ///< its name in `attributes`, where a mark stands for it; or empty
};

/// What a checkpoint's header says.
struct CheckpointHeader {
  std::string path;
  std::string format;                      ///< "HDF5", "safetensors", "safetensors, 2 shards"
  std::uint64_t file_size = 0;             ///< with all shards
  std::vector<std::string> shards;         ///< paths of what an index names, sorted; empty for a single file
  std::vector<model::TensorInfo> tensors;  ///< in name order, names without wrapper prefixes
  std::vector<IgnoredDataset> ignored;     ///< in name order
  std::string container;                   ///< taken off the front of names: "model.", "base_model.model."
  std::set<std::string> wrappers;          ///< taken off wherever they stood: "_orig_mod.", "module."
  std::map<std::string, std::string> attributes;  ///< of the root, as text; "objective", "training_steps", …
  std::vector<std::string> array_attributes;      ///< names of those that are arrays in the file
  std::vector<LostMetadata> lost;
};

/// Which tensors to read: all, everything that mixes over time (Toeplitz weights, biases and the projections
/// around them), or just the Toeplitz weights with their biases (quick on large files).
enum class Selection { all, token_mixing, toeplitz };

/// Reads names, shapes, types and root attributes; touches no tensor data. Group separators count as dots;
/// wrappers ("module.", "_orig_mod.", …, wherever they stand) and the one container of all blocks ("model.",
/// …) are taken off, as model::unwrap_names says. Throws FileError (missing, a directory, …) or FormatError
/// naming file and dataset: empty file, unknown format, damaged or truncated file, links, two names that are
/// one after stripping, a Toeplitz weight that is not of a float type, one shard of several without their
/// index.
CheckpointHeader read_header(const std::string& path);

/// model::recognize of a header. A float of a type that cannot be read (float8) counts as an unknown tensor
/// where it might contradict the variant. Throws as model::recognize does.
model::Architecture recognize_header(const CheckpointHeader& header,
                                     const model::Assumptions& assumptions = {});

/// Reads tensors, exactly as stored. With a selection the whole header must be a recognisable network
/// (model::recognize) that nothing contradicts, unless the caller assumes so, so that a malformed file fails
/// before its data is read. Throws as read_header does,
/// and for data that is incomplete, damaged, or claims more than the file can hold.
model::StateDict read_checkpoint(const std::string& path, Selection selection = Selection::all,
                                 model::Contradictions contradictions = model::Contradictions::refuse);

}  // namespace tmm::io
