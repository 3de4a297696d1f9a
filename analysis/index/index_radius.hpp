// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/index/winding.hpp"

namespace tmm::analysis {

/// Size ‖δ‖₂ of the smallest real change of the weights that puts a zero of the symbol on the circle: below
/// it, the index cannot change.
///
/// With c = (n − 1)/2, b(θ) = e^{−icθ} a(e^{iθ}) and D(θ) = sin(nθ)/sin θ, the Gram matrix of the two real
/// constraints Σ δ_k e^{i(k−c)θ} = −b is diagonal, so
///
///   ρ(θ)² = Re(b)² / ((n + D)/2) + Im(b)² / ((n − D)/2),     ρ(0) = |a(1)|/√n,  ρ(π) = |a(−1)|/√n,
///
/// and the radius is min_θ ρ(θ). (Complex changes: min|a|/√n.) Cf. Toh & Trefethen 1994 and Mosier 1986 on
/// pseudozero sets.
struct IndexRadius {
  double upper = 0;  ///< ρ at `theta`: a change of this size does it
  double lower = 0;  ///< proven: no smaller change does
  double theta = 0;
  ScaledEnclosure enclosure;  ///< of the radius, the rounding of ρ included
};

/// From a certified winding number of the same taps; zero in every field if it is not certified.
IndexRadius index_radius(std::span<const double> taps, const Winding& winding);

/// ρ(θ), O(n).
double index_radius_at(std::span<const double> taps, double theta);

/// The same at eight angles side by side, bit for bit.
inline constexpr std::size_t radius_lanes = 8;
std::array<double, radius_lanes> index_radii_at(std::span<const double> taps,
                                                const std::array<double, radius_lanes>& theta);

/// The least-norm real δ with Σ (w_k + δ_k) e^{ikθ} = 0; ‖δ‖₂ = ρ(θ).
std::vector<double> change_to_zero_at(std::span<const double> taps, double theta);

}  // namespace tmm::analysis
