// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/dataset_info.hpp"

namespace tmm::io {

/// A checkpoint opened for reading, whatever its format. The header has been read and checked.
class TensorSource {
 public:
  TensorSource(const TensorSource&) = delete;
  TensorSource& operator=(const TensorSource&) = delete;
  virtual ~TensorSource() = default;

  [[nodiscard]] const CheckpointHeader& header() const { return header_; }
  /// Every array of the file by its state-dict name: groups as dots, wrapper prefixes taken off.
  [[nodiscard]] const std::map<std::string, DatasetInfo>& datasets() const { return datasets_; }
  /// Reads arrays of datasets(): values as stored, row-major, in this machine's byte order. Throws FileError,
  /// FormatError: data incomplete, damaged, more than memory_limit() altogether.
  void read(std::span<const DatasetInfo> wanted, const Sink& sink) const;

 protected:
  /// `format` and the rest as in CheckpointHeader. Throws FormatError for two arrays of one name and for
  /// Toeplitz weights that are no floats.
  TensorSource(std::string path, std::string format, std::uint64_t file_size,
               const std::vector<DatasetInfo>& datasets, std::map<std::string, std::string> attributes,
               std::vector<std::string> shards = {});

 private:
  virtual void read_values(std::span<const DatasetInfo> wanted, const Sink& sink) const = 0;

  CheckpointHeader header_;
  std::map<std::string, DatasetInfo> datasets_;
};

/// Opens a checkpoint of any format, told apart by content, never by the file's name.
std::unique_ptr<TensorSource> open_checkpoint(const std::string& path);

}  // namespace tmm::io
