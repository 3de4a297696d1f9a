// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace tmm::io {

/// A descriptor beyond those of the standard streams. Where one of these was closed by the caller, the next
/// file that is opened takes its place, and messages would be written into it.
inline int beyond_standard_streams(int descriptor) {
  if (descriptor < 0 || descriptor > STDERR_FILENO) return descriptor;
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(descriptor);
  return moved;
}

/// All of a range, zeros beyond the end of the file; false: errno says why.
bool read_range(int descriptor, std::uint64_t at, std::size_t size, char* into);
/// All of a range; false: errno says why.
bool write_range(int descriptor, std::uint64_t at, std::size_t size, const char* from);

}  // namespace tmm::io
