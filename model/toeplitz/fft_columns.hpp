// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

/// How the FFT products along time lay out the columns they work on (fft_toeplitz, fft_toeplitz_gradient).
namespace tmm::model::fft_columns {

/// Channels transposed together: one cache line of a row in float.
inline constexpr std::size_t group = 16;

/// Columns of the transposed copy lie this far apart: whole cache lines, and one more, because lengths are
/// often powers of two and the columns would then compete for one set of the cache.
constexpr std::size_t column_stride(std::size_t length) {
  return (length + 15) / 16 * 16 + 16;
}

}  // namespace tmm::model::fft_columns
