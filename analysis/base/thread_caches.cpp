// SPDX-License-Identifier: MIT
#include "analysis/base/thread_caches.hpp"

#include "analysis/base/arb.hpp"

namespace tmm::analysis {
namespace {

struct Caches {
  bool used = false;
  ~Caches() {
    if (used) flint_cleanup();
  }
};

thread_local Caches caches;

}  // namespace

void free_caches_at_thread_end() {
  caches.used = true;
}

}  // namespace tmm::analysis
