// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// ε of every LayerNorm of a TMM.
inline constexpr double layer_norm_epsilon = 1e-5;

/// What a block does to its residual stream before it adds a branch to it, in the pass that normalises it:
///   y_i = LN(x_i) = (x_i − mean x_i) / √(var x_i + ε) ⊙ weight + bias   (biased variance over the row)
///   x_ij ← x_ij + column_shift_j + row_shift_i
/// The shifts are the output bias of the branch, so that one BLAS call can accumulate the rest into x. Either
/// may be null. x and y are (rows, d) and must not overlap; weight, bias and column_shift have d entries,
/// row_shift has one per row. Where `shifted` is given it receives the shifted stream and x is only read.
/// Without any shift y may be x.
template <NetworkScalar T>
struct LayerNormArguments {
  MatrixView<T> x;
  MatrixView<T> y;
  const T* weight = nullptr;
  const T* bias = nullptr;
  const T* column_shift = nullptr;
  const T* row_shift = nullptr;
  MatrixView<T> shifted = {};
};

void layer_norm(const LayerNormArguments<float>& arguments);
void layer_norm(const LayerNormArguments<double>& arguments);

/// The derivative of y = LN(x) along ẋ. With x̂ = (x − mean x)/√(var x + ε), per row:
///   ẏ = (ẋ − mean ẋ − x̂·mean(ẋ ⊙ x̂))/√(var x + ε) ⊙ weight
/// All are (rows, d); ẏ may be ẋ.
template <NetworkScalar T>
struct NormTangentArguments {
  MatrixView<const T> x;
  MatrixView<const T> x_tangent;
  const T* weight = nullptr;
  MatrixView<T> y_tangent;
};

void layer_norm_tangent(const NormTangentArguments<float>& arguments);
void layer_norm_tangent(const NormTangentArguments<double>& arguments);

/// The way back through y = LN(x). With x̂ = (x − mean x)/√(var x + ε) and h = y_gradient ⊙ weight, per row:
///   x_gradient += (h − mean h − x̂·mean(h ⊙ x̂))/√(var x + ε)
///   weight_gradient += Σ_rows y_gradient ⊙ x̂,  bias_gradient += Σ_rows y_gradient
template <NetworkScalar T>
struct LayerNormGradientArguments {
  MatrixView<const T> x;
  MatrixView<const T> y_gradient;
  const T* weight = nullptr;
  MatrixView<T> x_gradient;
  T* weight_gradient = nullptr;
  T* bias_gradient = nullptr;
};

void layer_norm_gradient(const LayerNormGradientArguments<float>& arguments);
void layer_norm_gradient(const LayerNormGradientArguments<double>& arguments);

}  // namespace tmm::model
