// SPDX-License-Identifier: MIT
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

// HDF5 asks for as much memory as a damaged file claims, and copes with a refusal.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libhdf5";
}

namespace tmm::fuzz {

/// A file in memory with these bytes, to be opened by its path.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : descriptor_(::memfd_create("input", MFD_CLOEXEC)) {
    for (std::size_t written = 0; written < size;) {
      const ssize_t step = ::write(descriptor_, data + written, size - written);
      if (step <= 0) std::abort();
      written += static_cast<std::size_t>(step);
    }
    path_ = "/proc/self/fd/" + std::to_string(descriptor_);
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { ::close(descriptor_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace tmm::fuzz
