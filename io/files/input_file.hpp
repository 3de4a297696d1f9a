// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tmm::io {

/// Which content of which file: two equal stamps belong to the same bytes, as far as the system knows.
struct FileStamp {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t seconds = 0, nanoseconds = 0;  ///< time of the last modification

  bool operator==(const FileStamp&) const = default;
};

/// A regular file opened for reading by position, once: whoever needs its bytes reads them through this
/// object. The name may be any that leads to a regular file, /dev/stdin and /proc/self/fd/N among them.
/// Everything else (directories, pipes, sockets, devices) is refused by its kind, unopened: reading it may
/// block or never end, and the other end of a pipe would notice.
class InputFile {
 public:
  /// Throws FileError naming the path, and the system's reason or the kind.
  explicit InputFile(std::string path);
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  [[nodiscard]] std::uint64_t size() const { return stamp_.size; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// As it was when the file was opened.
  [[nodiscard]] const FileStamp& stamp() const { return stamp_; }
  /// Up to `count` bytes from `offset`; fewer only at the end of the file. Throws FileError.
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t count) const;
  /// Fills `into` from `offset`. Throws FileError; FormatError if the file ends before.
  void read_exactly(std::uint64_t offset, std::span<std::byte> into) const;
  /// Throws FileError if the file has been written to since it was opened. A file that another one has taken
  /// the place of is still the old one here.
  void require_unchanged() const;

 private:
  std::size_t fill(std::uint64_t offset, std::span<std::byte> into) const;

  std::string path_;
  int descriptor_ = -1;
  FileStamp stamp_;
};

/// What both readers of a file say of one that is written to meanwhile.
[[noreturn]] void fail_changed(const std::string& path);

}  // namespace tmm::io
