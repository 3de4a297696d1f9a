// SPDX-License-Identifier: MIT
#include "apps/blas_pool.hpp"

#include <alloca.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "model/base/sanitizers.hpp"

namespace tmm::apps {
#if !TMM_ADDRESS_SANITIZER && !TMM_THREAD_SANITIZER  // those are not ready so early
namespace {

constexpr std::string_view variable = "OPENBLAS_NUM_THREADS=";
constexpr const char* one_thread = "OPENBLAS_NUM_THREADS=1";

/// Whether OpenBLAS's first buffer is to be had where the address space is limited.
bool room_for_a_buffer() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return true;
  constexpr std::size_t bytes = std::size_t{144} << 20U;
  void* start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return start != MAP_FAILED && ::munmap(start, bytes) == 0;
}

/// Starts the program anew with one_thread in its environment. Returns if that is there already or cannot be.
void start_with_one_thread(char** argv, char** environment) {
  std::size_t count = 0;
  char** place = nullptr;
  for (; environment[count] != nullptr; ++count)
    if (std::string_view(environment[count]).starts_with(variable)) place = environment + count;
  if (place != nullptr && std::string_view(*place) == one_thread) return;
  // Without an address of the loader it is the loader that was started, with this program as its argument: it
  // would take the first argument, "analyze", for a program of the current directory.
  if (::getauxval(AT_BASE) == 0) return;
  // The kernel bounds the environment by a quarter of the stack; nothing can be allocated elsewhere yet.
  auto** changed = static_cast<char**>(alloca((count + 2) * sizeof(char*)));
  std::size_t size = 0;
  for (; size < count; ++size) changed[size] = environment[size];
  char** mine = place != nullptr ? changed + (place - environment) : changed + size++;
  *mine = const_cast<char*>(one_thread);
  changed[size] = nullptr;
  ::execve("/proc/self/exe", argv, changed);
}

/// Before the constructors of the libraries: neither the heap nor `environ` is there yet.
void before_libraries(int /*argc*/, char** argv, char** environment) {
  start_with_one_thread(argv, environment);
  if (room_for_a_buffer()) return;
  constexpr std::string_view message =
      "tmm: not enough address space for linear algebra (expected 144 MiB). Raise the limit that `ulimit -v` "
      "shows\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
  ::_exit(1);
}

[[gnu::section(".preinit_array"), gnu::used]] void (*const before)(int, char**, char**) = before_libraries;

}  // namespace
#endif

void name_process() {
  ::prctl(PR_SET_NAME, "tmm");  // in lists of processes, instead of "exe"
}

}  // namespace tmm::apps
