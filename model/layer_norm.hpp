// SPDX-License-Identifier: MIT
#pragma once

#include "model/matrix_view.hpp"

namespace tmm::model {

/// ε of every LayerNorm of a TMM.
inline constexpr double layer_norm_epsilon = 1e-5;

/// What a block does to its residual stream before it adds a branch to it, in the pass that normalises it:
///   y_i = LN(x_i) = (x_i − mean x_i) / √(var x_i + ε) ⊙ weight + bias   (biased variance over the row)
///   x_ij ← x_ij + column_shift_j + row_shift_i
/// The shifts are the output bias of the branch, so that one BLAS call can accumulate the rest into x. Either
/// may be null. x and y are (rows, d) and must not overlap; weight, bias and column_shift have d entries,
/// row_shift has one per row.
template <NetworkScalar T>
struct LayerNormArguments {
  MatrixView<T> x;
  MatrixView<T> y;
  const T* weight = nullptr;
  const T* bias = nullptr;
  const T* column_shift = nullptr;
  const T* row_shift = nullptr;
};

void layer_norm(const LayerNormArguments<float>& arguments);
void layer_norm(const LayerNormArguments<double>& arguments);

}  // namespace tmm::model
