// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include "analysis/base/measure.hpp"

namespace tmm::analysis {

/// The "Fredholm index" that the script published with the Toeplitz mixers prints, to be set beside the
/// proven −N: no claim about the index. It samples b_t = Σ w_k z^{−k} at z = e^{2πit/M}, M = 50,000, t = 0 …
/// M − 1, and rounds Σ ρ_t/2π to an integer, where φ = arg b and from sample to sample, where Re b_t < 0,
///
///   ρ = (π + φ_t) + (π − φ_{t−1})  if φ_t < 0 < φ_{t−1},      ρ = (π − φ_t) + (π + φ_{t−1})  if φ_{t−1} < 0
///   < φ_t,
///
/// and ρ = φ_t − φ_{t−1} otherwise. The second is the negative of the rotation: every clockwise crossing of
/// the negative axis moves the sum by twice its step, which adds up over many turns; and the curve is left
/// open. Computed here in double precision (the script sums in single precision); error 1 where the sum lies
/// next to a half-integer. Not defined where a sample is 0.
Measure published_winding(std::span<const double> taps);

inline constexpr std::size_t published_samples = 50000;

}  // namespace tmm::analysis
