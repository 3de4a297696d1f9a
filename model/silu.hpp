// SPDX-License-Identifier: MIT
#pragma once

#include "model/matrix_view.hpp"

namespace tmm::model {

/// y_ij = SiLU(x_ij + b_j), SiLU(x) = x / (1 + e^{−x}): the activation of a linear layer with its bias b, one
/// number per column. y may be x.
void silu_with_column_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y);
void silu_with_column_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y);

/// y_ij = SiLU(x_ij + b_i): the same after a Toeplitz layer, whose bias is one number per time step (row).
void silu_with_row_bias(MatrixView<const float> x, const float* bias, MatrixView<float> y);
void silu_with_row_bias(MatrixView<const double> x, const double* bias, MatrixView<double> y);

}  // namespace tmm::model
