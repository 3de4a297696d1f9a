// SPDX-License-Identifier: MIT
// In place of system_call_filter.cpp where libseccomp is not there, or not wanted (-DTMM_SECCOMP=OFF).
#include "io/sandbox/system_call_filter.hpp"

namespace tmm::io {

bool filters_system_calls() {
  return false;
}

void restrict_system_calls() {}

}  // namespace tmm::io
