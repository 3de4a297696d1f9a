// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/matrix_product.hpp"
#include "model/network/bias_gradient.hpp"
#include "model/network/tmm.hpp"

namespace tmm::model {

/// Forward mode of y = W x + b for each row: ẏ = W ẋ, (rows, out) from (rows, in), added to ẏ where β = 1.
template <NetworkScalar T>
void linear_tangent(const Linear<T>& linear, MatrixView<const T> x_tangent, T beta, MatrixView<T> y_tangent) {
  multiply_transposed(x_tangent, linear.matrix(), beta, y_tangent);
}

/// The way back through y = W x + b for each row: W and b of `parameters` grow by their gradients gyᵀ·x and
/// Σ_rows gy (if there are a W and a b); gx = gy·W. x and gy are (rows, in) and (rows, out); gx may be x.
template <NetworkScalar T>
void linear_gradient(const Linear<T>& linear, MatrixView<const T> x, MatrixView<const T> gy,
                     Linear<T>& parameters, MatrixView<T> gx) {
  if (!parameters.weight.empty()) transposed_multiply(gy, x, T{1}, parameters.matrix());
  if (!parameters.bias.empty()) add_column_sums(gy, parameters.bias.data());
  multiply(gy, linear.matrix(), T{0}, gx);
}

}  // namespace tmm::model
