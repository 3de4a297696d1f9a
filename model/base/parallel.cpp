// SPDX-License-Identifier: MIT
#include "model/base/parallel.hpp"

#include <omp.h>

#include <algorithm>
#ifdef __SANITIZE_THREAD__
#include <atomic>
#include <thread>
#include <vector>
#endif

namespace tmm::model {
namespace {

#ifdef __SANITIZE_THREAD__
// ThreadSanitizer does not see how GCC's OpenMP library orders its threads and would report races where there
// are none: for it, the same schedule from threads that it knows.
void run_team(std::size_t count, std::size_t team, ParallelBody body) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::size_t worker) {
    for (std::size_t i = next++; i < count; i = next++) body.call(body.body, i, worker);
  };
  std::vector<std::thread> threads;
  for (std::size_t worker = 1; worker < team; ++worker) threads.emplace_back(work, worker);
  work(0);
  for (std::thread& thread : threads) thread.join();
}
#else
void run_team(std::size_t count, std::size_t team, ParallelBody body) {
#pragma omp parallel for schedule(dynamic) num_threads(static_cast <int>(team))
  for (std::size_t i = 0; i < count; ++i)
    body.call(body.body, i, static_cast<std::size_t>(omp_get_thread_num()));
}
#endif

}  // namespace

void run_parallel(std::size_t count, std::size_t threads, ParallelBody body) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) body.call(body.body, i, 0);
    return;
  }
  run_team(count, std::min(threads, count), body);
}

std::size_t default_threads() {
  return static_cast<std::size_t>(std::max(omp_get_max_threads(), 1));
}

}  // namespace tmm::model
