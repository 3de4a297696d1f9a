// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tmm::io {

/// A file in the making: an empty temporary file beside `path`, which appears under that name, whole and on
/// disk, at commit(). Until then, and for ever if commit() is not reached, `path` is what it was.
class PendingFile {
 public:
  /// Throws FileError (path and system message) if the folder cannot be written.
  explicit PendingFile(std::string path);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  ~PendingFile();  ///< removes the temporary file unless committed

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& temporary() const { return temporary_; }  ///< write here
  void write(std::string_view content);                                      ///< appends; throws FileError
  void commit();  ///< fsync and rename; throws FileError

 private:
  [[noreturn]] void fail(const char* what) const;

  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
};

/// Writes `content` to `path` so that a reader sees either the old file or the whole new one: a temporary
/// file in the same folder, fsync, rename. Throws FileError (path and system message); leaves no temporary
/// file behind.
void write_atomically(const std::string& path, std::string_view content);

}  // namespace tmm::io
