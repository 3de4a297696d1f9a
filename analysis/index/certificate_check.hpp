// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "analysis/index/winding.hpp"

namespace tmm::analysis {

/// Repeats the proof behind a certified winding number from the definition of the symbol, in ball arithmetic
/// and without any FFT: that the arcs of `winding.certificate.path` tile the upper half circle with no gap;
/// that along each of them the curve keeps the claimed distance from 0 inside the claimed half-plane; that
/// the claimed end values lie within that distance of the true ones; that the margin is not larger than what
/// the arcs prove; and that the arguments of the end values add up to πN (this recount uses angles, the
/// original uses none).
///
/// Returns what is wrong, in words; empty if the certificate holds. O(n) ball operations an arc: about half a
/// second at n = 512. Needs WindingOptions::keep_arcs.
std::string find_fault(std::span<const double> taps, const Winding& winding);

}  // namespace tmm::analysis
