// SPDX-License-Identifier: MIT
#include "apps/blas_pool.hpp"

#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace tmm::apps {

void start_without_blas_pool(char** argv) {
  constexpr const char* variable = "OPENBLAS_NUM_THREADS";
  constexpr const char* self = "/proc/self/exe";
  const char* threads = std::getenv(variable);
  if (threads != nullptr && std::string_view(threads) == "1") {
    ::prctl(PR_SET_NAME, "tmm");  // in lists of processes, instead of "exe"
    return;
  }
  // Without an address of the loader it is the loader that was started, with this program as its argument: it
  // would take the first argument, "analyze", for a program of the current directory.
  if (::getauxval(AT_BASE) == 0) return;
  if (::setenv(variable, "1", 1) == 0) ::execv(self, argv);
}

}  // namespace tmm::apps
