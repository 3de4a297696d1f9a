// SPDX-License-Identifier: MIT
#include "io/sandbox/child_limits.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "io/sandbox/system_call_filter.hpp"
#include "model/base/sanitizers.hpp"

namespace tmm::io {
namespace {

constexpr std::uint64_t descriptors = 8;

// Terabytes of shadow, reports to be written: most limits cannot be.
constexpr bool sanitized = TMM_ADDRESS_SANITIZER || TMM_THREAD_SANITIZER;

std::uint64_t own_address_space() {
  std::uint64_t pages = 0;
  char text[64] = {};
  const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (statm >= 0 && ::read(statm, text, sizeof text - 1) > 0) pages = std::strtoull(text, nullptr, 10);
  if (statm >= 0) ::close(statm);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Never raises a limit that stands already.
void restrict_resource(__rlimit_resource resource, std::uint64_t value) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, value);
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, value);
  ::setrlimit(resource, &limit);
}

/// Closes all descriptors beyond the standard streams, except these (−1: none).
void close_all_but(std::array<int, 2> kept) {
  std::sort(kept.begin(), kept.end());
  int first = STDERR_FILENO + 1;
  for (const int descriptor : kept) {
    if (descriptor > first)
      ::close_range(static_cast<unsigned>(first), static_cast<unsigned>(descriptor - 1), 0);
    first = std::max(first, descriptor + 1);
  }
  ::close_range(static_cast<unsigned>(first), ~0U, 0);
}

/// Valgrind makes system calls of its own in the process it watches. It shows by what it preloads.
bool under_valgrind() {
  const char* preloaded = std::getenv("LD_PRELOAD");
  return preloaded != nullptr && std::strstr(preloaded, "vgpreload") != nullptr;
}

}  // namespace

void restrict_process(const ChildLimits& limits, int channel) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGXFSZ, SIGTERM, SIGINT})
    if (!sanitized) ::signal(crash, SIG_DFL);
  const int null = ::open("/dev/null", O_RDWR);
  if (null >= 0) {
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    if (!sanitized) ::dup2(null, STDERR_FILENO);  // a last cry of malloc
  }
  const std::uint64_t space = own_address_space();
  restrict_resource(RLIMIT_CPU, limits.seconds);
  restrict_resource(RLIMIT_CORE, 0);
  if (sanitized) return;
  close_all_but({limits.file, channel});
  restrict_resource(RLIMIT_NOFILE, descriptors);
  restrict_resource(RLIMIT_FSIZE, 0);
  restrict_resource(RLIMIT_NPROC, 0);
  if (space != 0) restrict_resource(RLIMIT_AS, space + limits.memory);
  if (!under_valgrind()) restrict_system_calls();
}

}  // namespace tmm::io
