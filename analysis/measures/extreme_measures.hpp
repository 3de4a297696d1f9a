// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// Appends the measures that follow from `report.extremes` (which must be there), under the names that the
/// full spectrum gives them: sigma_max, log10_sigma_max, log10_sigma_min, log10_condition. σ_min comes
/// sharpened, or as the middle of its bracket with half its width (in log10) as the error. What did not
/// converge becomes a warning.
void append_extreme_measures(OperatorReport& report);

}  // namespace tmm::analysis
