// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/dataset_info.hpp"

namespace tmm::io {

/// Writes a safetensors file that appears under its name only at finish(): whole, or not at all. The same
/// calls give the same bytes.
class SafetensorsWriter {
 public:
  /// Plans a file of these tensors, named by DatasetInfo::path; their order in the file is by width of the
  /// type (widest first, so that all are aligned), then by name. Throws FileError; FormatError for a type the
  /// format does not have or a name that is not UTF-8, naming `source`, where the tensors come from.
  SafetensorsWriter(const std::string& path, const std::string& source, std::vector<DatasetInfo> tensors,
                    const std::map<std::string, std::string>& metadata);
  SafetensorsWriter(const SafetensorsWriter&) = delete;
  SafetensorsWriter& operator=(const SafetensorsWriter&) = delete;
  ~SafetensorsWriter();

  /// The tensors in the order in which write() wants their values.
  [[nodiscard]] const std::vector<DatasetInfo>& order() const;
  /// Values of the next tensor, row-major, little-endian. Throws FileError.
  void write(std::span<const std::byte> values);
  /// Throws FileError. With `replace` = false also if the file has appeared meanwhile.
  void finish(bool replace);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tmm::io
