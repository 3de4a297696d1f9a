// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// sums_j += Σ_i g_ij: the gradient of a bias that is one number per column (linear layers).
void add_column_sums(MatrixView<const float> g, float* sums);
void add_column_sums(MatrixView<const double> g, double* sums);

/// sums_i += Σ_j g_ij: the gradient of a bias that is one number per time step (Toeplitz layers).
void add_row_sums(MatrixView<const float> g, float* sums);
void add_row_sums(MatrixView<const double> g, double* sums);

}  // namespace tmm::model
