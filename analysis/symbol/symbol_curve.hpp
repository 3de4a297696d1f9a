// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace tmm::analysis {

/// A point of the curve θ ↦ a(e^{iθ}).
struct CurvePoint {
  std::size_t step = 0;  ///< θ = π·step/steps
  std::complex<double> value;
};

/// The upper half θ ∈ [0, π] of the curve; the lower half is its mirror image in the real axis. For pictures:
/// what is proven of the curve is in Winding.
struct SymbolCurve {
  std::size_t steps = 0;           ///< equal steps that [0, π] was cut into before thinning, at least 8 n
  std::vector<CurvePoint> points;  ///< first θ = 0, last θ = π
};

/// Samples the curve by FFT and leaves out points as long as the polygon through the others stays within
/// tolerance·(|a| + max|a|/50) of them: fine near 0, where the eye counts turns, coarser far out. Starts from
/// `tolerance` and doubles it until at most `most` points are left. O(n log n). Throws ArgumentError for no
/// taps or one not finite.
SymbolCurve symbol_curve(std::span<const double> taps, std::size_t most, double tolerance = 5e-4);

/// The passes of the upper half of the curve through the disc |a| < radius, θ rising within each, sampled so
/// finely that the polygon is within radius/300 of the curve as far as differences tell. O(n log n), and O(n)
/// a point.
std::vector<std::vector<std::complex<double>>> passes_near_origin(std::span<const double> taps,
                                                                  double radius);

/// a(e^{iθ}) at θ = πj/n, j = 0 … n, by FFT. Throws as symbol_curve.
std::vector<std::complex<double>> uniform_symbol(std::span<const double> taps);

/// Quantiles 0, 1/count, …, 1 of |a(e^{iθ})|, θ uniform (by equal steps): what the singular values would be
/// without boundary (Avram 1988; Parter 1986).
std::vector<double> modulus_quantiles(std::span<const double> taps, std::size_t count);

}  // namespace tmm::analysis
