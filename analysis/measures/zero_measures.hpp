// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// Appends the measures that follow from the zeros of the symbol (`report.zeros`, where they were computed)
/// and from Jensen's formula: jensen_defect; smallest_zero min|z_j|, which sets the growth of the inverse;
/// predicted_index_T = #{|z_j| ≤ τ^{1/n}}, what the zeros say of effective_index_T at unit round-off τ.
/// A bound that cuts the disc of a zero leaves the count undecided. Disagreement with the certified count, or
/// of the two sides of Jensen's formula, becomes a warning, and the values concerned undecided. `certify`:
/// jensen_defect is proven where that is possible (proven_jensen_defect).
void append_zero_measures(OperatorReport& report, bool certify = false);

}  // namespace tmm::analysis
