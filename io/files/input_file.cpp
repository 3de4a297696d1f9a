// SPDX-License-Identifier: MIT
#include "io/files/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "model/base/error.hpp"

namespace tmm::io {

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  // Without O_NONBLOCK, opening a FIFO would wait for a writer.
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor_ < 0)
    throw FileError(std::string("cannot open: ") + std::strerror(errno), {path_, "", "", "", ""});
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw FileError(
        "not a regular file",
        {path_, "", "a file", S_ISDIR(status.st_mode) ? "a directory" : "a device, pipe or socket", ""});
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
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
    if (got < 0)
      throw FileError(std::string("cannot read: ") + std::strerror(errno), {path_, "", "", "", ""});
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
  const bool inside = offset <= size_ && into.size() <= size_ - offset;
  if (!inside || fill(offset, into) != into.size())
    throw FormatError("file ends before its data", {path_, "", "", "", ""});
}

}  // namespace tmm::io
