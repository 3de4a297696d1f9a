// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// y_ij = SiLU(x_ij + b_j), SiLU(x) = x / (1 + e^{−x}): the activation of a linear layer with its bias b, one
/// number per column. y may be x.
void silu_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y);
void silu_with_column_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y);

/// y_ij = SiLU(x_ij + b_i): the same after a Toeplitz layer, whose bias is one number per time step (row).
void silu_with_row_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y);
void silu_with_row_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y);

/// The way back through y_ij = SiLU(x_ij + b_j). `gradient` holds that of y and becomes that of x:
///   g_ij ← g_ij·σ(z)(1 + z(1 − σ(z))), z = x_ij + b_j, σ(z) = 1/(1 + e^{−z});  bias_gradient_j += Σ_i g_ij
/// y is computed again on the way, because whoever goes back needs it: keeping x alone is enough. y may be x.
void silu_gradient_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> gradient,
                                    float* bias_gradient, MatrixView<float> y);
void silu_gradient_with_column_bias(MatrixView<const double> x, const double* bias,
                                    MatrixView<double> gradient, double* bias_gradient, MatrixView<double> y);

/// Forward mode of y_ij = SiLU(x_ij + b_j): ẋ_ij ← ẋ_ij·σ(z)(1 + z(1 − σ(z))), z = x_ij + b_j.
void silu_tangent_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> tangent);
void silu_tangent_with_column_bias(MatrixView<const double> x, const double* bias,
                                   MatrixView<double> tangent);

/// Forward mode of y_ij = SiLU(x_ij + b_i).
void silu_tangent_with_row_bias(MatrixView<const float> x, const float* bias, MatrixView<float> tangent);
void silu_tangent_with_row_bias(MatrixView<const double> x, const double* bias, MatrixView<double> tangent);

/// The way back through y_ij = SiLU(x_ij + b_i), with bias_gradient_i += Σ_j g_ij.
void silu_gradient_with_row_bias(MatrixView<const float> x, const float* bias, MatrixView<float> gradient,
                                 float* bias_gradient);
void silu_gradient_with_row_bias(MatrixView<const double> x, const double* bias, MatrixView<double> gradient,
                                 double* bias_gradient);

}  // namespace tmm::model
