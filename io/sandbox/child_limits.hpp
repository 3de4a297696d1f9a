// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace tmm::io {

/// What a child process may use.
struct ChildLimits {
  std::uint64_t memory = std::uint64_t{256} << 20U;  ///< bytes of address space beyond the parent's own
  std::uint64_t seconds = 1;                         ///< of processor time
};

/// Leaves the calling process, a child of run_in_child, these limits and the right to compute, to read files
/// and to write to `channel`, which becomes the returned descriptor. All other descriptors are closed, the
/// standard ones lead to /dev/null; at most 8 can be open. It cannot make files grow, start processes or
/// programs, map memory that can be executed, signal any process but itself, use sockets, or change anything
/// by a name: the kernel refuses every system call that is not on a list (seccomp), if it can. It ends with
/// its parent.
///
/// Under valgrind system calls are not filtered; under the sanitizers, which need more than that, only the
/// limits on processor time and core files hold.
int restrict_process(const ChildLimits& limits, int channel);

}  // namespace tmm::io
