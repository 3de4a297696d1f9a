// SPDX-License-Identifier: MIT
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#include "model/base/sanitizers.hpp"

#if TMM_ADDRESS_SANITIZER
// HDF5 asks for as much memory as a damaged file claims, and copes with a refusal: malloc must refuse, not
// abort.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
// On damaged files HDF5 leaks a few of its own blocks, and clang's OpenMP library what it keeps of its
// threads.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libhdf5\nleak:libomp";
}
#endif
