// SPDX-License-Identifier: MIT
#pragma once

/// TMM_ADDRESS_SANITIZER, TMM_THREAD_SANITIZER: 1 in a build with AddressSanitizer or ThreadSanitizer, else
/// 0. GCC says so by macros, clang (before its version 22) by features.
#ifdef __has_feature
#define TMM_HAS_FEATURE(feature) __has_feature(feature)
#else
#define TMM_HAS_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || TMM_HAS_FEATURE(address_sanitizer)
#define TMM_ADDRESS_SANITIZER 1
#else
#define TMM_ADDRESS_SANITIZER 0
#endif

#if defined(__SANITIZE_THREAD__) || TMM_HAS_FEATURE(thread_sanitizer)
#define TMM_THREAD_SANITIZER 1
#else
#define TMM_THREAD_SANITIZER 0
#endif
