// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// diag(1/c)·T as a dense matrix, by rows, and a bound of the 2-norm of its error.
struct RowDivided {
  std::vector<double> matrix;
  double error = 0;
};

/// From the taps and row_divisor of a layer. The error is that of the taps, of c_t = Σ_{k≤t} w_k as a sum in
/// double precision, and of the quotients: row by row in the 2-norm, together in Frobenius' norm. Infinite if
/// some c_t is not known apart from 0.
RowDivided row_divided(const model::LayerOperator& layer);

/// Appends report.divided, the singular spectrum of diag(1/c)·T (dense_spectrum), and row_divided_sigma_max,
/// row_divided_sigma_min and row_divided_condition, each with its log10. What the layer applies is that
/// product; index, zeros and the spectrum beside it are those of T.
void append_row_divided_measures(OperatorReport& report);

}  // namespace tmm::analysis
