// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/measures/measure_parts.hpp"
#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// Appends the measures of the plane of λ that follow from the taps, `report.winding` and index_margin:
/// distance_to_other_index, of 0 to the symbol curve: the nearest λ whose index is another one or none;
/// distance_to_index_zero, of 0 to the nearest λ with N(λ) = 0 (0 where N = 0); and lower bounds
/// log10_kreiss_powers and log10_kreiss_residual_powers of the Kreiss constants of T_n and of I + T_n
/// (analysis/pseudospectra/kreiss.hpp). Of `wanted` parts alone. Where they were found goes to
/// report.plane->points, if there is a plane.
void append_plane_measures(OperatorReport& report, const WantedMeasures& wanted);

}  // namespace tmm::analysis
