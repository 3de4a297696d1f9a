// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/matrix_view.hpp"

/// The two products that one position of a network consists of. Both read each number of their matrix once,
/// in the order of memory: their time is that of the memory.
namespace tmm::model {

/// y_i += Σ_j w_ij x_j, w (rows, cols). Each sum is formed in one order for any number of threads.
void add_matrix_vector(MatrixView<const float> w, const float* x, float* y, std::size_t threads = 1);
void add_matrix_vector(MatrixView<const double> w, const double* x, double* y, std::size_t threads = 1);

/// y_j += Σ_i c_i x_ij, x (rows, cols), c (rows).
void add_weighted_rows(const float* c, MatrixView<const float> x, float* y);
void add_weighted_rows(const double* c, MatrixView<const double> x, double* y);

}  // namespace tmm::model
