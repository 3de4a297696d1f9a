// SPDX-License-Identifier: MIT
#include "model/generation/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include "model/base/sanitizers.hpp"

#if TMM_ADDRESS_SANITIZER || TMM_THREAD_SANITIZER
#define TMM_COUNTED 0
#else
#define TMM_COUNTED 1
#endif

namespace {

std::atomic<std::size_t> count = 0;

#if TMM_COUNTED
void* take(std::size_t size) {
  ++count;
  if (void* p = std::malloc(size == 0 ? 1 : size)) return p;
  throw std::bad_alloc();
}

void* take(std::size_t size, std::align_val_t alignment) {
  ++count;
  const auto step = static_cast<std::size_t>(alignment);
  if (void* p = std::aligned_alloc(step, (size + step - 1) / step * step)) return p;
  throw std::bad_alloc();
}
#endif

}  // namespace

#if TMM_COUNTED
void* operator new(std::size_t size) {
  return take(size);
}
void* operator new[](std::size_t size) {
  return take(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return take(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return take(size, alignment);
}
void operator delete(void* p) noexcept {
  std::free(p);
}
void operator delete[](void* p) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);
}
void operator delete[](void* p, std::size_t) noexcept {
  std::free(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
  std::free(p);
}
void operator delete[](void* p, std::align_val_t) noexcept {
  std::free(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept {
  std::free(p);
}
#endif

namespace tmm::test {

std::size_t allocations() {
  return count;
}

bool counts_allocations() {
  // Both by their addresses: valgrind puts its own functions in the place of these, but not where one is
  // inlined.
  void* (*volatile take_one)(std::size_t) = &::operator new;
  void (*volatile give_back)(void*) noexcept = &::operator delete;
  const std::size_t before = count;
  give_back(take_one(1));
  return count > before;
}

}  // namespace tmm::test
