// SPDX-License-Identifier: MIT
#include "io/files/descriptor.hpp"

#include <cerrno>
#include <cstring>

namespace tmm::io {

bool write_range(int descriptor, std::uint64_t at, std::size_t size, const char* from) {
  while (size > 0) {
    const ssize_t written = ::pwrite(descriptor, from, size, static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    from += written;
    at += static_cast<std::uint64_t>(written);
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool read_range(int descriptor, std::uint64_t at, std::size_t size, char* into) {
  while (size > 0) {
    const ssize_t got = ::pread(descriptor, into, size, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) {
      std::memset(into, 0, size);
      return true;
    }
    into += got;
    at += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace tmm::io
