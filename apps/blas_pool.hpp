// SPDX-License-Identifier: MIT
#pragma once

namespace tmm::apps {

/// OpenBLAS starts threads of its own when it is loaded, as many as there are processors, and each takes 128
/// MiB of address space; one that gets none tries for ever (0.3.21), and in 0.3.29 so does the loading
/// itself. tmm uses none of those threads (model/base/blas_threads.hpp). So before any library begins, this
/// file's entry in .preinit_array starts the program anew with OPENBLAS_NUM_THREADS=1, unless it is so
/// already, and ends it with a message where there is no room for the first buffer. Results are the same with
/// those threads as without.

/// Gives the process its name back, which the second start has changed. Call first of all in main.
void name_process();

}  // namespace tmm::apps
