// SPDX-License-Identifier: MIT
#include "model/base/parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <exception>
#include <limits>
#include <mutex>

#include "model/base/blas_buffers.hpp"
#include "model/base/sanitizers.hpp"
#if TMM_THREAD_SANITIZER
#include <atomic>
#include <thread>
#include <vector>
#endif

namespace tmm::model {
namespace {

/// What calls throw, none of which may leave its thread: the exception of the lowest i is kept.
class Failure {
 public:
  void call(const ParallelBody& body, std::size_t i, std::size_t worker) noexcept {
    try {
      body.call(body.body, i, worker);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (i >= lowest_) return;
      lowest_ = i;
      exception_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::mutex mutex_;
  std::size_t lowest_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr exception_;
};

#if TMM_THREAD_SANITIZER
// ThreadSanitizer does not see how GCC's OpenMP library orders its threads and would report races where there
// are none: for it, the same schedule from threads that it knows.
void run_team(std::size_t count, std::size_t team, ParallelBody body, Failure& failure) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::size_t worker) {
    for (std::size_t i = next++; i < count; i = next++) failure.call(body, i, worker);
  };
  std::vector<std::thread> threads;
  for (std::size_t worker = 1; worker < team; ++worker) threads.emplace_back(work, worker);
  work(0);
  for (std::thread& thread : threads) thread.join();
}
#else
void run_team(std::size_t count, std::size_t team, ParallelBody body, Failure& failure) {
#pragma omp parallel for schedule(dynamic) num_threads(static_cast <int>(team))
  for (std::size_t i = 0; i < count; ++i)
    failure.call(body, i, static_cast<std::size_t>(omp_get_thread_num()));
}
#endif

}  // namespace

void run_parallel(std::size_t count, std::size_t threads, ParallelBody body) {
  const std::size_t team = count <= 1 ? 1 : reserve_blas_buffers(std::min(count, threads));
  if (team <= 1) {
    for (std::size_t i = 0; i < count; ++i) body.call(body.body, i, 0);
    return;
  }
  Failure failure;
  run_team(count, team, body, failure);
  failure.rethrow();
}

std::size_t default_threads() {
  return static_cast<std::size_t>(std::max(omp_get_max_threads(), 1));
}

}  // namespace tmm::model
