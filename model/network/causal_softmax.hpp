// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "model/base/matrix_view.hpp"

namespace tmm::model {

/// Rows first, first + 1, … of scores s (rows, end) become weights of attention, row t over its own and
/// earlier positions:
///   p_tj = e^{s_tj − l_t} for j ≤ t and 0 beyond, l_t = ln Σ_{j≤t} e^{s_tj},
/// with the largest score taken out of the sum: no exponential overflows. l_t goes to log_sums.row(t)[0].
void causal_softmax(MatrixView<float> scores, std::size_t first, MatrixView<float> log_sums);
void causal_softmax(MatrixView<double> scores, std::size_t first, MatrixView<double> log_sums);

/// Forward mode: scores become weights by the sums that were kept, and ṡ (rows, end), the tangent of the
/// scores, becomes that of the weights: ṗ_tj ← p_tj·(ṡ_tj − Σ_i p_ti ṡ_ti), 0 beyond the diagonal.
template <NetworkScalar T>
struct CausalSoftmaxTangent {
  MatrixView<T> scores, tangent;  ///< (rows, end)
  std::size_t first = 0;          ///< position of the first row
  MatrixView<const T> log_sums;   ///< (m, ·), column 0 is read, row first on
};

void causal_softmax_tangent(const CausalSoftmaxTangent<float>& arguments);
void causal_softmax_tangent(const CausalSoftmaxTangent<double>& arguments);

/// The way back: scores become weights again by the sums that were kept, and gp (rows, end), the gradient of
/// the weights, becomes that of the scores:
///   p_tj as above;  gp_tj ← p_tj·(gp_tj − g_t), g_t = Σ_j gp_tj p_tj = Σ_e gy_te y_te
/// where y (rows, w) is what the weights made of the values and gy its gradient; 0 beyond the diagonal.
template <NetworkScalar T>
struct CausalSoftmaxGradient {
  MatrixView<T> scores, gradient;  ///< (rows, end)
  std::size_t first = 0;           ///< position of the first row
  MatrixView<const T> log_sums;    ///< (m, ·), column 0 is read, row first on
  MatrixView<const T> y, gy;       ///< (rows, w)
};

void causal_softmax_gradient(const CausalSoftmaxGradient<float>& arguments);
void causal_softmax_gradient(const CausalSoftmaxGradient<double>& arguments);

}  // namespace tmm::model
