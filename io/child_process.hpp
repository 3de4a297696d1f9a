// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace tmm::io {

/// Zeroed memory that a process shares with the children it forks; only pages that are touched cost anything.
class SharedMemory {
 public:
  /// Throws FileError if the system gives none.
  explicit SharedMemory(std::size_t bytes);
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();
  [[nodiscard]] std::span<std::byte> bytes() const { return {start_, size_}; }
  /// Maps the first `count` bytes into this process at once: met page by page they would cost more than the
  /// decoding of what is put there. Does nothing where the system cannot (before Linux 5.14).
  void populate(std::size_t count) const;

 private:
  std::byte* start_ = nullptr;
  std::size_t size_ = 0;
};

/// What a child may use. It may also never write to a file, start a process, or hold more than a few
/// descriptors; those that its parent had open are closed for it.
struct ChildLimits {
  std::uint64_t memory = std::uint64_t{256} << 20U;  ///< bytes of address space beyond the parent's own
  std::uint64_t seconds = 1;                         ///< of processor time
};

/// Runs `work` in a forked child and returns what it returns, at most 64 MiB. An Error that `work` throws is
/// thrown here with the same words; a child that is killed by a signal or does not come to an end becomes a
/// FormatError naming `path`: so does a crash of a library on a damaged file. `work` must not use threads or
/// locks of the parent. Throws FileError if no process can be started.
///
/// HDF5 1.10 needs this. On damaged files it copies beyond its buffers (lengths in the heap of
/// variable-length strings), uses memory it has freed (attribute messages), and loops for ever.
std::string run_in_child(const std::string& path, const ChildLimits& limits,
                         const std::function<std::string()>& work);

}  // namespace tmm::io
