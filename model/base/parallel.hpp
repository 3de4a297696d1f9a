// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace tmm::model {

/// What parallel_for calls: call(body, i, worker).
struct ParallelBody {
  const void* body;
  void (*call)(const void* body, std::size_t i, std::size_t worker);
};

/// parallel_for behind a plain function: only one file is compiled with OpenMP in mind.
void run_parallel(std::size_t count, std::size_t threads, ParallelBody body);

/// Threads of a run that asks for no number: the processors, or OMP_NUM_THREADS.
std::size_t default_threads();

/// Calls body(i, worker) for 0 ≤ i < count on up to `threads` threads; 0 ≤ worker < threads tells which
/// memory a call may use. Calls start in the order of i. Fewer threads run where the address space does not
/// suffice for more (reserve_blas_buffers). Of what calls throw, the exception of the lowest i is thrown
/// again at the end.
template <class Body>
void parallel_for(std::size_t count, std::size_t threads, const Body& body) {
  run_parallel(count, threads, {&body, [](const void* b, std::size_t i, std::size_t worker) {
                                  (*static_cast<const Body*>(b))(i, worker);
                                }});
}

}  // namespace tmm::model
