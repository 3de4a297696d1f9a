// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace tmm::io {

/// What a child process may use.
struct ChildLimits {
  std::uint64_t memory = std::uint64_t{256} << 20U;  ///< bytes of address space beyond the parent's own
  std::uint64_t seconds = 1;                         ///< of processor time
  int file = -1;                                     ///< descriptor of an open file that it may read from
};

/// Leaves the calling process, a child of run_in_child, these limits and the right to compute, to read from
/// `limits.file` and to write to `channel`. All other descriptors are closed, the standard ones lead to
/// /dev/null. It cannot open files, make them grow, start processes or programs, map memory that can be
/// executed, signal any process but itself, use sockets, or change anything by a name: the kernel refuses
/// every system call that is not on a list (seccomp), if it can. Where it cannot, 8 descriptors are the most
/// that can be open. It ends with its parent.
///
/// Under valgrind system calls are not filtered; under the sanitizers, which need more than that, only the
/// limits on processor time and core files hold.
void restrict_process(const ChildLimits& limits, int channel);

}  // namespace tmm::io
