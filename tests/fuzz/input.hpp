// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

// HDF5 asks for as much memory as a damaged file claims, and copes with a refusal. (Its children cannot have
// their usual limit of address space under the sanitizer.)
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1:max_allocation_size_mb=1024";
}
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libhdf5";
}

namespace tmm::fuzz {

/// A file with these bytes, in memory where /dev/shm is. It has a name: HDF5 opens nothing without one.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : path_((::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + std::string("/tmm-fuzz-") +
              std::to_string(::getpid())) {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) std::abort();
    for (std::size_t written = 0; written < size;) {
      const ssize_t step = ::write(file, data + written, size - written);
      if (step <= 0) std::abort();
      written += static_cast<std::size_t>(step);
    }
    ::close(file);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { ::unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The input with the first bytes of an HDF5 file: without them no mutation would reach the library.
inline std::vector<std::uint8_t> with_hdf5_signature(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> bytes(data, data + size);
  if (size >= 8) std::memcpy(bytes.data(), "\x89HDF\r\n\x1a\n", 8);
  return bytes;
}

}  // namespace tmm::fuzz
