// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace tmm::io {

/// A file in the making, which appears under `path`, whole and on disk, at commit(). Until then, and for ever
/// if commit() is not reached, `path` is what it was. Where the file system can (O_TMPFILE), the file has no
/// name before that: nothing is left even by a process that is killed. A symbolic link at `path` is replaced,
/// never followed.
class PendingFile {
 public:
  /// Throws FileError (path and system message) if the folder cannot be written.
  /// `named` is for what must be opened by a name: then a process killed outright leaves
  /// PATH.tmp-XXXXXX behind.
  explicit PendingFile(std::string path, bool named = false);
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;
  PendingFile(PendingFile&& other) noexcept;
  ~PendingFile();  ///< removes the temporary file unless committed

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& temporary() const { return temporary_; }  ///< write here
  [[nodiscard]] int descriptor() const { return descriptor_; }               ///< or here
  void write(std::string_view content);                                      ///< appends; throws FileError
  /// fsync and rename; throws FileError. With `replace` = false also if `path` exists: never a race lost.
  void commit(bool replace = true);

 private:
  [[noreturn]] void fail(const char* what) const;
  void name();

  std::string path_;
  std::string temporary_;  // empty once gone
  bool nameless_ = false;  // then temporary_ is its name in /proc
  int descriptor_ = -1;
};

/// Writes `content` to `path` so that a reader sees either the old file or the whole new one: a temporary
/// file in the same folder, fsync, rename. Throws FileError (path and system message); leaves no temporary
/// file behind. With `replace` = false FileError also if `path` exists.
void write_atomically(const std::string& path, std::string_view content, bool replace = true);

}  // namespace tmm::io
