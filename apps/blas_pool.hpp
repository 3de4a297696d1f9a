// SPDX-License-Identifier: MIT
#pragma once

namespace tmm::apps {

/// Starts the program anew with OPENBLAS_NUM_THREADS=1, unless it is so already. Call first of all in main.
///
/// OpenBLAS starts threads of its own when it is loaded, as many as there are processors, and each takes 128
/// MiB of address space; up to 0.3.21 one that gets none tries for ever, and the first fork() waits for it.
/// tmm uses none of them (model/base/blas_threads.hpp). The variable is read before main begins, hence a
/// second start. Returns where that is done or cannot be done; results are the same with those threads as
/// without.
void start_without_blas_pool(char** argv);

}  // namespace tmm::apps
