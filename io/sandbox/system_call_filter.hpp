// SPDX-License-Identifier: MIT
#pragma once

namespace tmm::io {

/// Was tmm built with libseccomp? Without it restrict_system_calls does nothing.
bool filters_system_calls();

/// Refuses (EPERM) all system calls but those that reading, computing and ending need, from here to the end
/// of this process. A kernel without filters, or a debugger that hides them, leaves the process as it is.
void restrict_system_calls();

}  // namespace tmm::io
