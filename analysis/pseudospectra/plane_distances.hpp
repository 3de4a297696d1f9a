// SPDX-License-Identifier: MIT
#pragma once

#include <complex>

#include "analysis/base/measure.hpp"
#include "analysis/pseudospectra/index_map.hpp"

namespace tmm::analysis {

/// A measure and where in the plane it was found.
struct PlaneMeasure {
  Measure measure;
  std::complex<double> point;  ///< meaningful of a number or a bound
};

/// Distance of 0 to the nearest λ with N(λ) = 0, for an index that 0 has not. An upper end with a
/// certificate: N = 0 at `point`, next to which the curve has been looked at to within `error`. Undecided
/// where no point beside the curve has a certified index 0.
PlaneMeasure distance_to_index_zero(const IndexMap& map);

}  // namespace tmm::analysis
