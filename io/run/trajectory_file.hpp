// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/network/tmm.hpp"

namespace tmm::io {

/// Toeplitz weights by training step, kept in memory and written as a whole: /STEP/NAME, float32, with the
/// shape the tensor has in the model.
class TrajectoryFile {
 public:
  /// Most tensors that a file may hold, over all records.
  static constexpr std::size_t most_tensors = 90'000;

  explicit TrajectoryFile(std::string path) : path_(std::move(path)) {}
  /// Records of a file that exists, up to step `last`. Throws FileError, FormatError.
  void read(std::uint64_t last);
  void record(std::uint64_t step, const model::Tmm<float>& network);
  /// Whole or not at all. Throws FileError.
  void write() const;
  [[nodiscard]] std::size_t records() const { return records_.size(); }

 private:
  struct Weight {
    std::string name;
    std::vector<std::size_t> shape;
    std::vector<float> values;
  };
  std::string path_;
  std::map<std::uint64_t, std::vector<Weight>> records_;
};

}  // namespace tmm::io
