// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace tmm::test {

/// How often this program has asked for memory so far, by any operator new and on any thread; 0 where a
/// sanitizer or valgrind wants these functions for itself.
std::size_t allocations();

/// Whether they are counted.
bool counts_allocations();

}  // namespace tmm::test
