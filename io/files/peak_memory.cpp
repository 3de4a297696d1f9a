// SPDX-License-Identifier: MIT
#include "io/files/peak_memory.hpp"

#include <fstream>
#include <string>

namespace tmm::io {

// Not getrusage(2): what it gives survives exec, so that a child begins with the peak of its parent.
std::optional<std::uint64_t> peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes >> word && word == "kB") return 1024 * kibibytes;
  }
  return std::nullopt;
}

}  // namespace tmm::io
