// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// y_ij = GELU(x_ij + b_j) in its tanh form, x/2·(1 + tanh u) = x·σ(2u) with u = √(2/π)(x + 0.044715 x³): the
/// form with σ keeps the digits of negative x. y may be x.
void gelu_tanh_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y);
void gelu_tanh_with_column_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y);

/// y_ij = GELU(x_ij + b_j) = z·Φ(z), Φ(z) = erfc(−z/√2)/2. y may be x.
void gelu_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y);
void gelu_with_column_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y);

/// Forward mode, as silu_tangent_with_column_bias has it, with the slopes below.
void gelu_tanh_tangent_with_column_bias(MatrixView<const float> x, const float* bias,
                                        MatrixView<float> tangent);
void gelu_tanh_tangent_with_column_bias(MatrixView<const double> x, const double* bias,
                                        MatrixView<double> tangent);
void gelu_tangent_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> tangent);
void gelu_tangent_with_column_bias(MatrixView<const double> x, const double* bias,
                                   MatrixView<double> tangent);

/// The way back through gelu_tanh_with_column_bias, as silu_gradient_with_column_bias has it, with slope
///   σ(2u) + z·σ(2u)(1 − σ(2u))·2u′,  u′ = √(2/π)(1 + 3·0.044715 z²)
void gelu_tanh_gradient_with_column_bias(MatrixView<const float> x, const float* bias,
                                         MatrixView<float> gradient, float* bias_gradient,
                                         MatrixView<float> y);
void gelu_tanh_gradient_with_column_bias(MatrixView<const double> x, const double* bias,
                                         MatrixView<double> gradient, double* bias_gradient,
                                         MatrixView<double> y);

/// The way back through gelu_with_column_bias: slope Φ(z) + z·φ(z), φ(z) = e^{−z²/2}/√(2π).
void gelu_gradient_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> gradient,
                                    float* bias_gradient, MatrixView<float> y);
void gelu_gradient_with_column_bias(MatrixView<const double> x, const double* bias,
                                    MatrixView<double> gradient, double* bias_gradient, MatrixView<double> y);

}  // namespace tmm::model
