// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/files/input_file.hpp"

struct zip;

namespace tmm::io::zip_library {

/// One file inside an archive.
struct Entry {
  std::string name;
  std::uint64_t size = 0;    ///< bytes, unpacked
  std::uint64_t packed = 0;  ///< bytes in the archive
  std::uint64_t offset =
      0;                  ///< of the first of these, from the beginning of the archive; 0 if there are none
  bool deflated = false;  ///< otherwise stored as it is
};

/// An archive opened by libzip, which reads it through the descriptor that is open already.
class Archive {
 public:
  /// Throws FormatError: no zip archive, or one that contradicts itself (central directory against the
  /// headers before the entries).
  explicit Archive(const InputFile& file);
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  ~Archive();

  [[nodiscard]] std::uint64_t size() const;  ///< number of entries
  /// Throws FormatError: encrypted, or packed by another method than deflate.
  [[nodiscard]] Entry entry(std::uint64_t i);

  /// Bytes of one entry in order, unpacked; its checksum is compared when the last one has been read.
  class Stream {
   public:
    Stream(Archive& archive, std::uint64_t i);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream();
    /// Throws FormatError: the entry ends before, is damaged, or (`last`) does not end here.
    void read(std::span<std::byte> into, bool last);

   private:
    Archive& archive_;
    std::string name_;
    void* file_ = nullptr;  // zip_file_t
  };

 private:
  struct Source;
  /// Where libzip finds the first packed byte of entry i.
  std::uint64_t first_byte(std::uint64_t i, const std::string& name);

  std::unique_ptr<Source> source_;
  zip* handle_ = nullptr;
};

}  // namespace tmm::io::zip_library
