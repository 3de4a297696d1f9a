// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/checkpoint/file_set.hpp"
#include "io/hdf5/dataset_info.hpp"

namespace tmm::io {

struct ChosenCheckpoint;

/// A checkpoint opened for reading, whatever its format, once: header, values and hash are of the same bytes,
/// or reading them is an error. The header has been read and checked.
class TensorSource {
 public:
  TensorSource(const TensorSource&) = delete;
  TensorSource& operator=(const TensorSource&) = delete;
  virtual ~TensorSource() = default;

  [[nodiscard]] const CheckpointHeader& header() const { return header_; }
  /// Every array of the file by its state-dict name: groups as dots, wrapper prefixes taken off.
  [[nodiscard]] const std::map<std::string, DatasetInfo>& datasets() const { return datasets_; }
  /// Reads arrays of datasets(): values as stored, row-major, in this machine's byte order. Throws FileError,
  /// FormatError: data incomplete, damaged, more than memory_limit() altogether; changed since it was opened.
  void read(std::span<const DatasetInfo> wanted, const Sink& sink) const;
  /// Identity of the checkpoint, see io/checkpoint/sha256.hpp. Throws FileError; also if it has changed.
  [[nodiscard]] virtual std::string sha256() const;
  /// Whether there is a file; a network in memory (memory_checkpoint.hpp) has none.
  [[nodiscard]] bool in_files() const { return files_.size() > 0; }
  /// Leaves nothing but one of several copies of the network: what stands below `copy`, a name without
  /// wrappers ("ema", "ema."), or for "top" what stands below none. Throws FormatError listing the copies
  /// that are there.
  void choose_copy(const std::string& copy);
  /// Says in the header that this is what was taken of a folder.
  void note_taken(const ChosenCheckpoint& chosen);

 protected:
  /// `header` as the file tells it, but for its size and for what `datasets` tell. Throws FormatError for two
  /// arrays of one name and for Toeplitz weights that are no floats.
  TensorSource(CheckpointHeader header, FileSet files, const std::vector<DatasetInfo>& datasets);
  [[nodiscard]] const FileSet& files() const { return files_; }

 private:
  void set_tensors();
  virtual void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const = 0;

  CheckpointHeader header_;
  FileSet files_;
  std::map<std::string, DatasetInfo> datasets_;
};

/// Opens a checkpoint of any format, told apart by content, never by the file's name; of a folder the one
/// that choose_checkpoint takes. `copy`: as read_header has it.
std::unique_ptr<TensorSource> open_checkpoint(const std::string& path, const std::string& copy = {});

/// read_checkpoint of one that is open already.
model::StateDict read_checkpoint(const TensorSource& source, Selection selection = Selection::all,
                                 model::Contradictions contradictions = model::Contradictions::refuse);

/// The named tensors of the header, exactly as stored, whatever network they belong to.
model::StateDict read_tensors(const TensorSource& source, std::span<const std::string> names);

}  // namespace tmm::io
