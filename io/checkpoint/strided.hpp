// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace tmm::io {

/// Copies the elements (i, j, …) of an array, in row-major order, from where element (0, 0, …) begins; (i, j,
/// …) lies i·strides[0] + j·strides[1] + … elements of `width` bytes behind it. `into` holds all of them, or
/// none.
inline void gather(std::span<const std::size_t> shape, std::span<const std::uint64_t> strides,
                   std::size_t width, std::span<const std::byte> from, std::span<std::byte> into) {
  std::vector<std::size_t> index(shape.size(), 0);
  std::uint64_t place = 0;
  for (std::size_t filled = 0; filled < into.size(); filled += width) {
    std::memcpy(into.data() + filled, from.data() + place * width, width);
    for (std::size_t i = shape.size(); i-- > 0;) {
      place += strides[i];
      if (++index[i] < shape[i]) break;
      place -= strides[i] * shape[i];
      index[i] = 0;
    }
  }
}

}  // namespace tmm::io
