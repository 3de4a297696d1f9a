// SPDX-License-Identifier: MIT
#pragma once

namespace tmm::analysis {

/// FLINT and MPFR keep constants and memory for each thread, which nobody frees when the thread ends. Once a
/// thread has called this, they are freed at its end.
void free_caches_at_thread_end();

}  // namespace tmm::analysis
