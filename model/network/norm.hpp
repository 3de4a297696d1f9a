// SPDX-License-Identifier: MIT
#pragma once

#include "model/network/rms_norm.hpp"
#include "model/network/tmm.hpp"

namespace tmm::model {

/// y = norm(x) by its kind; weight and bias of `arguments` are taken from `norm`.
template <NetworkScalar T>
void normalize(const Norm<T>& norm, LayerNormArguments<T> arguments) {
  arguments.weight = norm.weight.data();
  arguments.bias = norm.bias.data();
  if (norm.kind == Normalisation::rms)
    rms_norm(arguments);
  else
    layer_norm(arguments);
}

/// Forward mode: y_tangent (rows, d), which may be x_tangent, becomes the derivative of norm(x) along
/// x_tangent.
template <NetworkScalar T>
void normalize_tangent(const Norm<T>& norm, MatrixView<const T> x, MatrixView<const T> x_tangent,
                       MatrixView<T> y_tangent) {
  const NormTangentArguments<T> arguments{x, x_tangent, norm.weight.data(), y_tangent};
  if (norm.kind == Normalisation::rms)
    rms_norm_tangent(arguments);
  else
    layer_norm_tangent(arguments);
}

/// The way back: x_gradient and the gradients of weight and bias in `parameters` grow.
template <NetworkScalar T>
void normalize_gradient(const Norm<T>& norm, MatrixView<const T> x, MatrixView<const T> y_gradient,
                        MatrixView<T> x_gradient, Norm<T>& parameters) {
  const LayerNormGradientArguments<T> arguments{
      x, y_gradient, norm.weight.data(), x_gradient, parameters.weight.data(), parameters.bias.data()};
  if (norm.kind == Normalisation::rms)
    rms_norm_gradient(arguments);
  else
    layer_norm_gradient(arguments);
}

}  // namespace tmm::model
