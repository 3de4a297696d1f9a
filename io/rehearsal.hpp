// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

namespace tmm::io {

/// Runs `work` in a child process first, so that a file on which a library crashes or never ends becomes an
/// error and not the end of this process. HDF5 1.10 needs it: on damaged headers it copies beyond its buffers
/// (lengths in the heap of variable-length strings) and uses memory it has freed (attribute messages).
/// Exceptions of `work` are left to the run that follows.
/// Throws FormatError naming `path` if the child was killed by a signal, or spent 1 s of processor time.
void rehearse(const std::string& path, const std::function<void()>& work);

}  // namespace tmm::io
