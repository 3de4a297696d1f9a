// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "model/base/vector_math.hpp"
#include "model/network/layer_norm.hpp"

namespace tmm::model {

/// Row i of the residual stream, shifted as LayerNormArguments says, after it has been normalised.
template <class T>
TMM_INLINE void shift_row(const LayerNormArguments<T>& a, std::size_t i) {
  const std::size_t d = a.x.cols;
  const T* x = a.x.row(i);
  T* shifted = a.shifted.data != nullptr ? a.shifted.row(i) : a.x.row(i);
  if (a.column_shift != nullptr) {
#pragma omp simd
    for (std::size_t j = 0; j < d; ++j) shifted[j] = x[j] + a.column_shift[j];
    x = shifted;
  }
  if (a.row_shift != nullptr) {
    const T shift = a.row_shift[i];
#pragma omp simd
    for (std::size_t j = 0; j < d; ++j) shifted[j] = x[j] + shift;
    x = shifted;
  }
  if (x != shifted) std::copy_n(x, d, shifted);
}

}  // namespace tmm::model
