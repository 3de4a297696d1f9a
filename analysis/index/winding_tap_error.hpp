// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "analysis/index/winding.hpp"

namespace tmm::analysis {

/// What is certified of rounded taps ŵ, carried over to the real numbers w meant, ‖ŵ − w‖₁ ≤ error.
/// N of w is that of ŵ if min|â| > error (Rouché); margin and radius change by at most `error`. Otherwise
/// undecided, and the reason says what is certified of ŵ. n: number of taps.
void carry_tap_error(Winding& winding, double error, std::size_t n);

}  // namespace tmm::analysis
