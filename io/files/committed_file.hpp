// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/files/atomic_file.hpp"

namespace tmm::io {

/// A file that grows from one committed state to the next. Whatever ends the process, even SIGKILL, the file
/// is found in the state of its last commit(): until then what was written behind the committed bytes is not
/// part of it, and changes of committed bytes are kept in memory. They go into PATH.journal first, whole and
/// with a checksum, then into the file, and the journal goes: a file with a whole journal beside it was left
/// in between, and opening it ends that commit; a torn journal was never begun to be carried out.
/// (Write-ahead logging: Mohan et al., ACM TODS 17, 1992; here one transaction at a time, redo only.)
///
/// One process at a time: the file is locked as long as the object lives.
class CommittedFile {
 public:
  enum class Start { create, replace, resume };

  /// create, replace: `path` appears with the first commit(); with `create` FileError if it is there by then.
  /// resume: the file as it was last committed. Throws FileError (path, what the system says): not there, not
  /// writable, in use by another process.
  CommittedFile(const std::string& path, Start start);
  CommittedFile(const CommittedFile&) = delete;
  CommittedFile& operator=(const CommittedFile&) = delete;
  ~CommittedFile();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const;  ///< of the file on disk, 0 before the first commit
  /// After `resume`: what lies behind the length of the last resize() was left by a killed process and is
  /// not committed.
  void forget_rest() { committed_ = length_; }

  /// As pread and pwrite of the whole range have it, zeros beyond the end; false: errno says why.
  bool read(std::uint64_t at, std::size_t size, char* into) const;
  bool write(std::uint64_t at, std::size_t size, const char* from);
  /// The file shall be so long, from the next commit on.
  void resize(std::uint64_t size) { length_ = size; }
  /// What was written is the file. Throws FileError.
  void commit();
  /// From now on nothing is written, and others may: the file stays as it was last committed.
  void abandon();

 private:
  using Page = std::vector<char>;

  [[noreturn]] void fail(const std::string& what) const;
  [[nodiscard]] std::string journal() const { return path_ + ".journal"; }
  void open_existing();
  void end_commit_left_undone();
  bool write_page(std::uint64_t at, std::size_t size, const char* from);
  void write_journal() const;
  void carry_out();

  std::string path_;
  PendingFile pending_;  // until the first commit
  bool named_ = false, replace_ = false, abandoned_ = false;
  int descriptor_ = -1;
  std::uint64_t committed_ = 0, length_ = 0;
  std::map<std::uint64_t, Page> changed_;  // pages of committed bytes, by offset
};

}  // namespace tmm::io
