// SPDX-License-Identifier: MIT
#include "model/base/blas_buffers.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "model/base/error.hpp"

// What OpenBLAS calls itself to take and give back a buffer. It exports both; another BLAS has none.
extern "C" {
[[gnu::weak]] void* blas_memory_alloc(int position);
[[gnu::weak]] void blas_memory_free(void* buffer);
}

namespace tmm::model {
namespace {

constexpr std::size_t mebibyte = 1U << 20U;
constexpr std::size_t buffer_bytes = 128 * mebibyte;
constexpr std::size_t places = 128;                  // that OpenBLAS has for buffers, in Debian's build
constexpr std::size_t thread_bytes = 64 * mebibyte;  // what the C library takes for the memory of a thread
constexpr std::size_t spare_bytes = 16 * mebibyte;   // for the data of the first thread

std::mutex mutex;
std::atomic<std::size_t> reserved = 0;

std::size_t stack_bytes() {
  pthread_attr_t attributes;
  std::size_t bytes = 8 * mebibyte;
  if (pthread_getattr_default_np(&attributes) == 0) {
    pthread_attr_getstacksize(&attributes, &bytes);
    pthread_attr_destroy(&attributes);
  }
  return bytes;
}

bool available(std::size_t bytes) {
  void* start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return start != MAP_FAILED && ::munmap(start, bytes) == 0;
}

}  // namespace

std::size_t reserve_blas_buffers(std::size_t wanted) {
  wanted = std::clamp<std::size_t>(wanted, 1, places);
  if (reserved >= wanted) return wanted;
  const std::lock_guard lock(mutex);
  const std::size_t thread = stack_bytes() + thread_bytes;
  std::vector<void*> buffers;
  // Held all at once: the next one is then a new one.
  for (std::size_t i = 0; i < wanted; ++i) {
    if (i >= reserved && !available(buffer_bytes + (i == 0 ? spare_bytes : thread))) break;
    buffers.push_back(blas_memory_alloc == nullptr ? nullptr : blas_memory_alloc(0));
  }
  for (void* buffer : buffers)
    if (buffer != nullptr) blas_memory_free(buffer);
  reserved = std::max(reserved.load(), buffers.size());
  if (buffers.empty())
    throw Error("not enough address space for linear algebra",
                {"", "", "144 MiB", "", "Raise the limit that `ulimit -v` shows"});
  return buffers.size();
}

void require_blas_buffer() {
  if (reserved == 0) reserve_blas_buffers(1);
}

}  // namespace tmm::model
