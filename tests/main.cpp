// SPDX-License-Identifier: MIT
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#ifdef __SANITIZE_ADDRESS__
// HDF5 asks for as much memory as a damaged file claims, and copes with a refusal: malloc must refuse, not
// abort.
extern "C" const char* __asan_default_options() {
  return "allocator_may_return_null=1";
}
// On damaged files HDF5 leaks a few of its own blocks.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libhdf5";
}
#endif
