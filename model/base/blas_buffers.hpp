// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace tmm::model {

/// Makes `wanted` threads able to call BLAS at the same time and returns how many are: fewer where the
/// address space does not suffice (`ulimit -v`, strict overcommit) or OpenBLAS has no more places, but at
/// least 1.
///
/// OpenBLAS takes a buffer of 128 MiB when a thread first calls it, and up to 0.3.21 tries for ever where it
/// gets none. Here they are taken beforehand, each after a look whether it is to be had, together with the
/// stack and the first memory of its thread. Only what is touched costs memory. Cheap once they are there. To
/// be called while no thread is inside BLAS.
/// Throws Error where there is not even one.
std::size_t reserve_blas_buffers(std::size_t wanted);

/// Throws Error where BLAS cannot run on the calling thread alone. Before every call of BLAS or LAPACK.
void require_blas_buffer();

}  // namespace tmm::model
