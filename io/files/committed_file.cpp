// SPDX-License-Identifier: MIT
#include "io/files/committed_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "io/files/byte_message.hpp"
#include "io/files/descriptor.hpp"
#include "io/files/input_file.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

constexpr std::uint64_t page_size = 4096;
constexpr std::string_view journal_head = "tmm journal 1\n";

/// FNV-1a: tells a torn journal from a whole one, no more is asked of it.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return hash;
}

using Pages = std::map<std::uint64_t, std::vector<char>>;

/// The pages of a whole journal; nothing of a torn one.
std::optional<Pages> read_journal(std::string_view text) {
  if (!text.starts_with(journal_head)) return std::nullopt;
  try {
    MessageReader journal(text.substr(journal_head.size()));
    const std::uint64_t sum = journal.number();
    const std::string body = journal.text();
    if (checksum(body) != sum) return std::nullopt;
    MessageReader reader(body);
    Pages pages;
    for (std::size_t count = reader.count(page_size); count > 0; --count) {
      const std::uint64_t at = reader.number();
      const std::string page = reader.text();
      pages[at].assign(page.begin(), page.end());
    }
    return pages;
  } catch (const std::runtime_error&) {  // it ends too early
    return std::nullopt;
  }
}

}  // namespace

CommittedFile::CommittedFile(const std::string& path, Start start)
    : path_(path), pending_(path), replace_(start == Start::replace) {
  if (start == Start::resume) {
    open_existing();
    return;
  }
  descriptor_ = ::fcntl(pending_.descriptor(), F_DUPFD_CLOEXEC, 3);
  if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) fail("cannot write here");
}

CommittedFile::~CommittedFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void CommittedFile::abandon() {
  abandoned_ = true;
  ::flock(descriptor_, LOCK_UN);
}

void CommittedFile::fail(const std::string& what) const {
  throw FileError(what + ": " + std::strerror(errno), {path_, "", "", "", ""});
}

void CommittedFile::open_existing() {
  descriptor_ = beyond_standard_streams(::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (descriptor_ < 0) fail("cannot go on writing");
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode))
    throw FileError("cannot go on writing: it is not a regular file", {path_, "", "", "", ""});
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) fail("cannot lock");
    throw FileError("another process is writing it", {path_, "", "", "", "Wait until that has ended"});
  }
  named_ = true;
  committed_ = static_cast<std::uint64_t>(status.st_size);
  end_commit_left_undone();
}

void CommittedFile::end_commit_left_undone() {
  if (::access(journal().c_str(), F_OK) != 0) return;
  std::optional<Pages> pages;
  {
    const InputFile file(journal());
    pages = read_journal(file.read(0, file.size()));
  }
  if (pages) {
    changed_ = std::move(*pages);
    carry_out();
  }
  if (::unlink(journal().c_str()) != 0) fail("cannot remove the journal of an earlier run");
}

std::uint64_t CommittedFile::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail("cannot read");
  return static_cast<std::uint64_t>(status.st_size);
}

bool CommittedFile::read(std::uint64_t at, std::size_t size, char* into) const {
  if (!read_range(descriptor_, at, size, into)) return false;
  const std::uint64_t end = at + size;
  for (auto page = changed_.lower_bound(at / page_size * page_size);
       page != changed_.end() && page->first < end; ++page) {
    const std::uint64_t first = std::max(at, page->first), last = std::min(end, page->first + page_size);
    std::memcpy(into + (first - at), page->second.data() + (first - page->first), last - first);
  }
  return true;
}

bool CommittedFile::write_page(std::uint64_t at, std::size_t size, const char* from) {
  const std::uint64_t start = at / page_size * page_size;
  Page& page = changed_[start];
  if (page.empty()) {
    page.resize(page_size);
    if (!read_range(descriptor_, start, page_size, page.data())) {
      changed_.erase(start);
      return false;
    }
  }
  std::memcpy(page.data() + (at - start), from, size);
  return true;
}

bool CommittedFile::write(std::uint64_t at, std::size_t size, const char* from) {
  if (abandoned_) return true;
  // Pages that hold committed bytes are changed in memory, those behind them in the file.
  const std::uint64_t behind = (committed_ + page_size - 1) / page_size * page_size;
  while (size > 0 && at < behind) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(size, page_size - at % page_size));
    if (!write_page(at, part, from)) return false;
    at += part, from += part, size -= part;
  }
  return write_range(descriptor_, at, size, from);
}

void CommittedFile::write_journal() const {
  MessageWriter body, whole;
  body.number(changed_.size());
  for (const auto& [at, page] : changed_) {
    body.number(at);
    body.text({page.data(), page.size()});
  }
  const std::string pages = body.take();
  whole.number(checksum(pages));
  whole.text(pages);
  const std::string text = std::string(journal_head) + whole.take();
  const int file =
      beyond_standard_streams(::open(journal().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const bool written = file >= 0 && write_range(file, 0, text.size(), text.data()) && ::fdatasync(file) == 0;
  if (file >= 0) ::close(file);
  if (!written) fail("cannot write the journal");
}

void CommittedFile::carry_out() {
  for (const auto& [at, page] : changed_)
    if (!write_range(descriptor_, at, page.size(), page.data())) fail("cannot write");
  changed_.clear();
}

void CommittedFile::commit() {
  if (abandoned_) return;
  if (!named_) {  // nobody has seen it yet
    carry_out();
    if (::ftruncate(descriptor_, static_cast<off_t>(length_)) != 0) fail("cannot write");
    if (::unlink(journal().c_str()) != 0 && errno != ENOENT)
      fail("cannot remove the journal of another file");
    pending_.commit(replace_);
    named_ = true;
  } else {
    if (::fdatasync(descriptor_) != 0) fail("cannot write to disk");
    if (!changed_.empty()) {
      write_journal();
      carry_out();
    }
    if (::ftruncate(descriptor_, static_cast<off_t>(length_)) != 0 || ::fdatasync(descriptor_) != 0)
      fail("cannot write to disk");
    if (::unlink(journal().c_str()) != 0 && errno != ENOENT) fail("cannot remove the journal");
  }
  committed_ = length_;
}

}  // namespace tmm::io
