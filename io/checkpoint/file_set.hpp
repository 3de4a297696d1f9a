// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "io/files/input_file.hpp"

namespace tmm::io {

/// The files that a checkpoint is read from, in order: the one that was named, then its shards. Each is
/// opened once and stays open, so that header, values and hash are of the same bytes. Beyond `most_open` of
/// them (a process may have about a thousand files open) a file is opened again when it is needed, and must
/// be the one that it was.
class FileSet {
 public:
  static constexpr std::size_t most_open = 256;

  void add(std::shared_ptr<const InputFile> file);
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  /// Throws FileError as InputFile does, and if the file is not the same or has been written to.
  [[nodiscard]] std::shared_ptr<const InputFile> at(std::size_t i) const;
  [[nodiscard]] std::uint64_t bytes() const;  ///< of all

 private:
  struct Member {
    std::string path;
    FileStamp stamp;
    std::shared_ptr<const InputFile> open;  // none beyond most_open
  };
  std::vector<Member> members_;
};

}  // namespace tmm::io
