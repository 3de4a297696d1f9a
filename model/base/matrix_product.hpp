// SPDX-License-Identifier: MIT
#pragma once

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// c = a·b + β·c, with a (m, k), b (k, n), c (m, n). β is 0 (c is not read) or 1. One BLAS call; the three
/// must not overlap. The same holds for the two below.
void multiply(MatrixView<const float> a, MatrixView<const float> b, float beta, MatrixView<float> c);
void multiply(MatrixView<const double> a, MatrixView<const double> b, double beta, MatrixView<double> c);

/// c = c − a·b.
void subtract_product(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> c);
void subtract_product(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> c);

/// Overwrites b (m, k) by the solution x of a·x = b, with a (m, m) lower triangular; what is stored above its
/// diagonal is not read. One triangular solve of BLAS.
void solve_lower_triangular(MatrixView<const float> a, MatrixView<float> b);
void solve_lower_triangular(MatrixView<const double> a, MatrixView<double> b);

/// c = a·bᵀ + β·c, with a (m, k), b (n, k).
void multiply_transposed(MatrixView<const float> a, MatrixView<const float> b, float beta,
                         MatrixView<float> c);
void multiply_transposed(MatrixView<const double> a, MatrixView<const double> b, double beta,
                         MatrixView<double> c);

/// c = aᵀ·b + β·c, with a (k, m), b (k, n).
void transposed_multiply(MatrixView<const float> a, MatrixView<const float> b, float beta,
                         MatrixView<float> c);
void transposed_multiply(MatrixView<const double> a, MatrixView<const double> b, double beta,
                         MatrixView<double> c);

}  // namespace tmm::model
