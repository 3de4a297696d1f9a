// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tmm::analysis {

/// A closed polygon that stands for the curve θ ↦ a(e^{iθ}), 0 ≤ θ ≤ 2π, with what is proven of it.
/// Lengths that begin with `scaled` are in units of 2^exponent, ½ ≤ max|w| < 1 in these units.
struct SymbolPolygon {
  std::vector<double> theta;                 ///< ascending from 0 to 2π, in radians
  std::vector<std::complex<double>> scaled;  ///< vertices; conjugate at 2π − θ, the last is the first
  int exponent = 0;
  /// Proven: every point of the curve is at most so far from the polygon, and every point of the polygon at
  /// most so far from the curve.
  double scaled_distance = 0;
  bool within_tolerance = false;  ///< no edge's stadium is wider than the tolerance that holds there
  /// Proven: the curve, the polygon, and a homotopy of one to the other keep off |a| < scaled_clearance; 0
  /// where no such disc was found.
  double scaled_clearance = 0;
  /// Winding number of the polygon about 0, and so, with a clearance, of the curve; none without clearance.
  std::optional<std::int64_t> winding;
  std::string reason;  ///< what was not reached, and why; empty if all was
};

struct PolygonOptions {
  double scaled_tolerance = 0;  ///< distance asked for; 0: max|a|/2048
  /// The tolerance holds where the curve comes nearer to 0 than this, max|a|/2048 (or the tolerance, if that
  /// is larger) elsewhere.
  double scaled_near = std::numeric_limits<double>::infinity();
  /// A disc about 0 known to be free of the curve (Winding::scaled_margin). The polygon is refined until it
  /// keeps off the disc of radius 1 − 2⁻¹⁰ times this: no polygon keeps off all of it where |a| is constant.
  double scaled_margin = 0;
  std::size_t most_vertices = std::size_t{1}
                              << 22;  ///< on the half circle, beside those of the grid, before thinning
};

/// A polygon with the curve's winding number, as near to the curve as asked.
///
/// Between angles h apart the curve stays within δ = h²/8·(β + h²/8·γ) of the point with the same parameter
/// on the chord, β the larger of |a″| at the ends and γ = min((n−1)⁴ max|a|, Σ k⁴|w_k|) ≥ |a⁗| (Bernstein's
/// inequality; derivatives by θ). So a piece lies in the stadium of radius δ + ε about its edge, ε a bound of
/// the vertices' rounding errors. A stadium is convex: one without 0 takes the piece to its edge without
/// passing 0, and the winding numbers agree. Edges are halved until the stadium is thin enough and clear of
/// the disc; then vertices are left out as long as a stadium that holds the curve between those kept fits.
///
/// Grid values by the proven FFT, those between and those nearest to 0 by Horner's scheme in long double. The
/// proof counts rounding errors of the values; that of distances is covered by ε as well. O(n log n) plus
/// O(n) for each further angle.
///
/// What cannot be reached is said, never hidden: `within_tolerance`, `winding` and `reason`. Throws
/// ArgumentError for no taps, one that is not finite, or a tolerance or margin that is negative or not
/// finite.
SymbolPolygon symbol_polygon(std::span<const double> taps, const PolygonOptions& options = {});

/// Distance of 0 to the segment from a to b.
double distance_of_origin(std::complex<double> a, std::complex<double> b);

}  // namespace tmm::analysis
