// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/files/input_file.hpp"
#include "io/zip/zip_library.hpp"

namespace tmm::io {

/// The table of a zip archive, and the bytes of its entries. libzip looks at the file in a child process, as
/// HDF5 does; what is stored is read past it, from where it found it.
class ZipArchive {
 public:
  using Entry = zip_library::Entry;
  static constexpr std::size_t maximum_entries = 200'000;

  /// Throws FormatError: damaged; two entries of one name; entries that overlap, lie outside of the file, or
  /// claim to unpack to more than deflate can pack (1032 to 1) or than 64 GiB; encrypted; packed otherwise.
  explicit ZipArchive(std::shared_ptr<const InputFile> file);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }  ///< in the archive's order
  /// By its name; nullptr if there is none.
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] const InputFile& file() const { return *file_; }

  /// Bytes of a stored entry from `first` on; its checksum is not looked at. Throws FormatError: deflated, or
  /// it ends before.
  void read(const Entry& entry, std::uint64_t first, std::span<std::byte> into) const;
  /// All bytes of a stored entry. Throws FormatError also if they are more than `most`.
  [[nodiscard]] std::string read_text(const Entry& entry, std::uint64_t most) const;

  /// Takes bytes of entry k of several from byte `from` on. They lie in memory that may change at any time.
  using Take = std::function<void(std::size_t k, std::uint64_t from, std::span<const std::byte> bytes)>;
  /// All bytes of these entries in turn, unpacked, in pieces; at the end of each its checksum has been
  /// compared. (Where that fails, all but the last piece has been given away.) Throws FormatError: damaged.
  void stream(std::span<const Entry* const> entries, const Take& take) const;
  /// The first `count` bytes of each of these, unpacked, or all where they are fewer. Throws FormatError:
  /// damaged.
  [[nodiscard]] std::vector<std::string> beginnings(std::span<const Entry* const> entries,
                                                    std::uint64_t count) const;

 private:
  [[nodiscard]] std::uint64_t number_of(const Entry& entry) const {
    return static_cast<std::uint64_t>(&entry - entries_.data());
  }

  std::shared_ptr<const InputFile> file_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> by_name_;  // places in entries_, in order of names
};

}  // namespace tmm::io
