// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/measures/measure_parts.hpp"
#include "analysis/measures/report.hpp"

namespace tmm::analysis {

/// Appends the measures that follow from `report.winding` and the taps: winding_number N, fredholm_index −N,
/// winding_fraction N/(n−1); index_margin min_θ|a(e^{iθ})| and index_margin_relative, the same over max|a|;
/// index_radius; stable_under_T (1 or 0) and winding_number_T, N of the weights rounded to T, for float16 and
/// bfloat16, and for derived taps as the network rounds them (…_network_rounding); symbol_max =
/// max_θ|a(e^{iθ})|. Of an enclosure the value is the lower end, and value + error the upper one. Sign
/// convention: a(z) = z has winding number 1, index −1 (Gohberg–Krein).
/// Of `wanted` parts alone. `certify`: max|a| to more digits, by search (refined_symbol_maximum).
void append_index_measures(OperatorReport& report, const WindingOptions& options,
                           const WantedMeasures& wanted = WantedMeasures({}), bool certify = false);

/// Appends winding_number_rounded_taps: N of the taps as doubles, where their error leaves it open for the
/// real numbers that are meant.
void append_index_of_rounded_taps(OperatorReport& report, const Winding& rounded);

}  // namespace tmm::analysis
