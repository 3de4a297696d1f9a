// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tmm::io {

/// A regular file opened for reading by position. Directories, FIFOs and devices are refused: reading them
/// may block or never end.
class InputFile {
 public:
  /// Throws FileError naming the path and the system's reason.
  explicit InputFile(std::string path);
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Up to `count` bytes from `offset`; fewer only at the end of the file. Throws FileError.
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t count) const;
  /// Fills `into` from `offset`. Throws FileError; FormatError if the file ends before.
  void read_exactly(std::uint64_t offset, std::span<std::byte> into) const;

 private:
  std::size_t fill(std::uint64_t offset, std::span<std::byte> into) const;

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace tmm::io
