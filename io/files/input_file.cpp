// SPDX-License-Identifier: MIT
#include "io/files/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "io/files/descriptor.hpp"
#include "model/base/error.hpp"

namespace tmm::io {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw FileError(std::string(what) + ": " + std::strerror(errno), {path, "", "", "", ""});
}

void require_regular(const struct stat& status, const std::string& path) {
  if (S_ISREG(status.st_mode)) return;
  std::string kind = "a device", hint;
  if (S_ISDIR(status.st_mode)) kind = "a directory";
  if (S_ISFIFO(status.st_mode)) kind = "a pipe";
  if (S_ISSOCK(status.st_mode)) kind = "a socket";
  if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))
    hint = "Files are read by position: write it to a file first";
  throw FileError("not a regular file", {path, "", "a file", kind, hint});
}

FileStamp stamp_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
}

}  // namespace

void fail_changed(const std::string& path) {
  throw FileError("the file changes while it is read", {path, "", "", "", "Read it when its writer is done"});
}

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) fail(path_, "cannot open");
  require_regular(status, path_);
  // Without O_NONBLOCK, opening a FIFO that has just taken the file's place would wait for a writer.
  descriptor_ = beyond_standard_streams(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (descriptor_ < 0) fail(path_, "cannot open");
  try {
    if (::fstat(descriptor_, &status) != 0) fail(path_, "cannot open");
    require_regular(status, path_);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
  stamp_ = stamp_of(status);
}

InputFile::~InputFile() {
  ::close(descriptor_);
}

std::size_t InputFile::fill(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got =
        ::pread(descriptor_, into.data() + filled, into.size() - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, "cannot read");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

std::string InputFile::read(std::uint64_t offset, std::size_t count) const {
  std::string bytes(count, '\0');
  bytes.resize(fill(offset, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}

void InputFile::read_exactly(std::uint64_t offset, std::span<std::byte> into) const {
  const bool inside = offset <= size() && into.size() <= size() - offset;
  if (!inside || fill(offset, into) != into.size())
    throw FormatError("file ends before its data", {path_, "", "", "", ""});
}

void InputFile::require_unchanged() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail(path_, "cannot read");
  if (stamp_of(status) != stamp_) fail_changed(path_);
}

}  // namespace tmm::io
