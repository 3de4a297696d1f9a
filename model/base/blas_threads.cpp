// SPDX-License-Identifier: MIT
#include "model/base/blas_threads.hpp"

#include <cblas.h>

#include <mutex>

namespace tmm::model {
namespace {

// OpenBLAS keeps one number of threads for the whole process, hence the count of holders.
std::mutex mutex;
int holders = 0;
int threads_before = 1;

}  // namespace

OneBlasThread::OneBlasThread() {
  const std::lock_guard lock(mutex);
  if (holders++ == 0) {
    threads_before = openblas_get_num_threads();
    openblas_set_num_threads(1);
  }
}

OneBlasThread::~OneBlasThread() {
  const std::lock_guard lock(mutex);
  if (--holders == 0) openblas_set_num_threads(threads_before);
}

}  // namespace tmm::model
