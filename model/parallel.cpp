// SPDX-License-Identifier: MIT
#include "model/parallel.hpp"

#include <omp.h>

namespace tmm::model {

void run_parallel(std::size_t count, std::size_t threads, ParallelBody body) {
  if (threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) body.call(body.body, i, 0);
    return;
  }
  const int team = static_cast<int>(threads < count ? threads : count);
#pragma omp parallel for schedule(dynamic) num_threads(team)
  for (std::size_t i = 0; i < count; ++i)
    body.call(body.body, i, static_cast<std::size_t>(omp_get_thread_num()));
}

}  // namespace tmm::model
