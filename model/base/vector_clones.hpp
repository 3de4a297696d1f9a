// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/sanitizers.hpp"

/// TMM_CLONES("avx2", "default"): the function is compiled once for each of these instruction sets, and the
/// best one that the processor has is chosen when the program is loaded. The build itself stays at the x86-64
/// baseline. Not under ThreadSanitizer, whose code in the function that chooses would run before the
/// sanitizer is ready.
#if defined(__x86_64__) && defined(__GNUC__) && !TMM_THREAD_SANITIZER
#define TMM_CLONES(...) __attribute__((target_clones(__VA_ARGS__)))
#else
#define TMM_CLONES(...)
#endif

/// TMM_INDEPENDENT before a loop: no pass writes what another one reads. A wish that changes no result.
#if defined(__GNUC__) && !defined(__clang__)
#define TMM_INDEPENDENT _Pragma("GCC ivdep")
#else
#define TMM_INDEPENDENT
#endif
