// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "io/sandbox/child_limits.hpp"

namespace tmm::io {

/// Runs `work` in a forked child and returns what it returns, at most 64 MiB. An Error that `work` throws is
/// thrown here with the same words; a child that is killed by a signal or does not come to an end becomes a
/// FormatError naming `path`: so does a crash of a library on a damaged file. `work` must not use threads or
/// locks of the parent. Throws FileError if no process can be started.
///
/// HDF5 1.10 needs this. On damaged files it copies beyond its buffers (lengths in the heap of
/// variable-length strings), uses memory it has freed (attribute messages), and loops for ever.
std::string run_in_child(const std::string& path, const ChildLimits& limits,
                         const std::function<std::string()>& work);

/// Child's side: fills `into`, the bytes of piece i.
using Producer = std::function<void(std::size_t i, std::span<std::byte> into)>;
/// Parent's side: takes the bytes of piece i away. They lie in memory that the child may write to at any
/// time.
using Consumer = std::function<void(std::size_t i, std::span<const std::byte> from)>;

/// Pieces of data of the given `sizes` (bytes), one after the other, from a child like that of run_in_child:
/// the child works on one piece while the parent takes the one before. They pass through memory for two
/// pieces of the largest size, so that it stays in the processor's cache and costs few page faults, whatever
/// the sum of the sizes. Errors as above, of `produce` and of `consume`; an exception of `consume` ends the
/// child.
void stream_from_child(const std::string& path, const ChildLimits& limits, std::span<const std::size_t> sizes,
                       const Producer& produce, const Consumer& consume);

}  // namespace tmm::io
