// SPDX-License-Identifier: MIT
#include "io/zip/zip_archive.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "io/files/byte_message.hpp"
#include "io/sandbox/child_process.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

using Entry = ZipArchive::Entry;

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::uint64_t maximum_unpacked = std::uint64_t{1} << 36U;  // of one entry
constexpr std::uint64_t deflate_ratio = 1032;                        // 258 bytes for two bits at best
constexpr std::size_t longest_name = 1024;

/// Enough for the table of a good archive and for `bytes` unpacked: libzip gives 100 MB/s and more.
ChildLimits limits_for(const InputFile& file, std::uint64_t bytes) {
  return {256 * mebibyte, 2 + file.size() / (256 * mebibyte) + bytes / (16 * mebibyte), file.descriptor()};
}

std::string describe(const InputFile& file) {
  zip_library::Archive archive(file);
  if (archive.size() > ZipArchive::maximum_entries)
    throw FormatError("too many entries",
                      {file.path(), "", "at most 200000", std::to_string(archive.size()), ""});
  MessageWriter message;
  message.number(archive.size());
  for (std::uint64_t i = 0; i < archive.size(); ++i) {
    const Entry entry = archive.entry(i);
    if (entry.name.size() > longest_name)
      throw FormatError("name of an entry is too long",
                        {file.path(), entry.name.substr(0, 80), "at most 1024 bytes", "", ""});
    message.text(entry.name);
    for (const std::uint64_t n : {entry.size, entry.packed, entry.offset, std::uint64_t{entry.deflated}})
      message.number(n);
  }
  return message.take();
}

/// What one entry claims, by itself.
void check(const Entry& entry, const InputFile& file) {
  const auto fail = [&](const char* what, const char* expected) {
    throw FormatError(what, {file.path(), entry.name, expected, std::to_string(entry.size) + " bytes", ""});
  };
  if (entry.packed > file.size() || entry.offset > file.size() - entry.packed)
    fail("entry lies outside of the archive", "");
  if (entry.size > maximum_unpacked) fail("entry is too large", "at most 64 GiB");
  if (!entry.deflated && entry.size != entry.packed) fail("entry is stored in another size", "");
  if (entry.deflated && entry.size / deflate_ratio > entry.packed)
    fail("entry unpacks to more than it can", "at most 1032 times what it is packed to");
}

void require_apart(const std::vector<Entry>& entries, const InputFile& file) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i].packed != 0) order.emplace_back(entries[i].offset, i);
  std::sort(order.begin(), order.end());
  for (std::size_t k = 1; k < order.size(); ++k) {
    const Entry& before = entries[order[k - 1].second];
    if (before.packed > order[k].first - before.offset)
      throw FormatError("entries of the archive overlap",
                        {file.path(), entries[order[k].second].name, "", "bytes of " + before.name, ""});
  }
}

}  // namespace

ZipArchive::ZipArchive(std::shared_ptr<const InputFile> file) : file_(std::move(file)) {
  const InputFile& input = *file_;
  const std::string bytes = run_in_child(input.path(), limits_for(input, 0), [&] { return describe(input); });
  MessageReader message(bytes);
  entries_.resize(message.count(5 * sizeof(std::uint64_t)));
  for (Entry& entry : entries_) {
    entry.name = message.text();
    for (std::uint64_t* n : {&entry.size, &entry.packed, &entry.offset}) *n = message.number();
    entry.deflated = message.number() != 0;
    check(entry, input);
  }
  require_apart(entries_, input);
  by_name_.resize(entries_.size());
  std::iota(by_name_.begin(), by_name_.end(), std::size_t{0});
  std::sort(by_name_.begin(), by_name_.end(),
            [&](std::size_t a, std::size_t b) { return entries_[a].name < entries_[b].name; });
  for (std::size_t k = 1; k < by_name_.size(); ++k)
    if (entries_[by_name_[k]].name == entries_[by_name_[k - 1]].name)
      throw FormatError("two entries have one name", {input.path(), entries_[by_name_[k]].name, "", "", ""});
}

const Entry* ZipArchive::find(std::string_view name) const {
  const auto place =
      std::lower_bound(by_name_.begin(), by_name_.end(), name,
                       [&](std::size_t i, std::string_view n) { return entries_[i].name < n; });
  return place != by_name_.end() && entries_[*place].name == name ? &entries_[*place] : nullptr;
}

void ZipArchive::read(const Entry& entry, std::uint64_t first, std::span<std::byte> into) const {
  if (entry.deflated)
    throw FormatError("entry is packed",
                      {file_->path(), entry.name, "stored as it is", "", "Unpack it, and zip -0 -r"});
  if (first > entry.size || into.size() > entry.size - first)
    throw FormatError("entry ends before its data", {file_->path(), entry.name, "", "", ""});
  if (!into.empty()) file_->read_exactly(entry.offset + first, into);
}

void ZipArchive::stream(std::span<const Entry* const> entries, const Take& take) const {
  struct Piece {
    std::size_t entry = 0;
    std::uint64_t from = 0;
    bool last = false;
  };
  std::vector<Piece> pieces;
  std::vector<std::size_t> sizes;
  std::uint64_t sum = 0;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    sum += entries[k]->size;
    for (std::uint64_t from = 0; from < entries[k]->size; from += sizes.back()) {
      sizes.push_back(static_cast<std::size_t>(std::min(entries[k]->size - from, mebibyte)));
      pieces.push_back({k, from, from + sizes.back() == entries[k]->size});
    }
  }
  std::unique_ptr<zip_library::Archive> archive;  // both of the child
  std::unique_ptr<zip_library::Archive::Stream> stream;
  stream_from_child(
      file_->path(), limits_for(*file_, sum), sizes,
      [&](std::size_t i, std::span<std::byte> into) {
        if (!archive) archive = std::make_unique<zip_library::Archive>(*file_);
        if (pieces[i].from == 0) {
          stream.reset();
          stream =
              std::make_unique<zip_library::Archive::Stream>(*archive, number_of(*entries[pieces[i].entry]));
        }
        stream->read(into, pieces[i].last);
      },
      [&](std::size_t i, std::span<const std::byte> bytes) { take(pieces[i].entry, pieces[i].from, bytes); });
}

std::vector<std::string> ZipArchive::beginnings(std::span<const Entry* const> entries,
                                                std::uint64_t count) const {
  std::vector<std::string> found;
  std::vector<const Entry*> packed;
  for (const Entry* entry : entries) {
    found.emplace_back(std::min(entry->size, count), '\0');
    if (entry->deflated)
      packed.push_back(entry);
    else
      read(*entry, 0, std::as_writable_bytes(std::span(found.back())));
  }
  if (packed.empty()) return found;
  const auto unpack = [&] {
    zip_library::Archive archive(*file_);
    MessageWriter message;
    std::string start;
    for (const Entry* entry : packed) {
      start.resize(std::min(entry->size, count));
      zip_library::Archive::Stream stream(archive, number_of(*entry));
      stream.read(std::as_writable_bytes(std::span(start)), start.size() == entry->size);
      message.text(start);
    }
    return message.take();
  };
  const std::string bytes = run_in_child(file_->path(), limits_for(*file_, packed.size() * count), unpack);
  MessageReader message(bytes);
  for (std::size_t k = 0; k < entries.size(); ++k)
    if (entries[k]->deflated) {
      const std::size_t expected = found[k].size();
      found[k] = message.text();
      found[k].resize(expected, '\0');
    }
  return found;
}

std::string ZipArchive::read_text(const Entry& entry, std::uint64_t most) const {
  if (entry.size > most)
    throw FormatError("entry is too large",
                      {file_->path(), entry.name, "at most " + std::to_string(most) + " bytes",
                       std::to_string(entry.size), ""});
  std::string text(entry.size, '\0');
  read(entry, 0, std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace tmm::io
