// SPDX-License-Identifier: MIT
#pragma once

#include "model/checkpoint/network_form.hpp"
#include "model/network/gelu.hpp"
#include "model/network/silu.hpp"

namespace tmm::model {

/// y_ij = activation(x_ij + b_j). y may be x.
template <NetworkScalar T>
void activate_with_column_bias(Activation activation, MatrixView<T> x, const T* bias, MatrixView<T> y) {
  switch (activation) {
    case Activation::silu:
      return silu_with_column_bias(x, bias, y);
    case Activation::gelu_tanh:
      return gelu_tanh_with_column_bias(x, bias, y);
    case Activation::gelu:
      return gelu_with_column_bias(x, bias, y);
  }
}

/// Forward mode: see silu_tangent_with_column_bias.
template <NetworkScalar T>
void activation_tangent_with_column_bias(Activation activation, MatrixView<const T> x, const T* bias,
                                         MatrixView<T> tangent) {
  switch (activation) {
    case Activation::silu:
      return silu_tangent_with_column_bias(x, bias, tangent);
    case Activation::gelu_tanh:
      return gelu_tanh_tangent_with_column_bias(x, bias, tangent);
    case Activation::gelu:
      return gelu_tangent_with_column_bias(x, bias, tangent);
  }
}

/// The way back: see silu_gradient_with_column_bias.
template <NetworkScalar T>
void activation_gradient_with_column_bias(Activation activation, MatrixView<T> x, const T* bias,
                                          MatrixView<T> gradient, T* bias_gradient, MatrixView<T> y) {
  switch (activation) {
    case Activation::silu:
      return silu_gradient_with_column_bias(x, bias, gradient, bias_gradient, y);
    case Activation::gelu_tanh:
      return gelu_tanh_gradient_with_column_bias(x, bias, gradient, bias_gradient, y);
    case Activation::gelu:
      return gelu_gradient_with_column_bias(x, bias, gradient, bias_gradient, y);
  }
}

}  // namespace tmm::model
