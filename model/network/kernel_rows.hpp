// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>

namespace tmm::model {

/// Channels that one row of a kernel reads and writes, `count` from each place on.
struct KernelRowChannels {
  std::size_t read, write, count;
};

/// Of row i < k, for the output channels first … end − 1: channel e reads channel e − (k − 1 − i), and
/// nothing where that is below 0. count = 0: none of them reads anything.
inline KernelRowChannels kernel_row_channels(std::size_t k, std::size_t i, std::size_t first,
                                             std::size_t end) {
  const std::size_t back = k - 1 - i, write = std::max(first, back);
  return {write - back, write, write < end ? end - write : 0};
}

}  // namespace tmm::model
