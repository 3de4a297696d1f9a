// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "analysis/index/winding.hpp"
#include "analysis/symbol/symbol_polygon.hpp"

namespace tmm::analysis {

/// The Fredholm index of T(a) − λ at one point λ of the plane: −number.
struct PointIndex {
  IndexStatus status = IndexStatus::undecided;
  std::int64_t number = 0;  ///< N(λ), meaningful only if certified
  /// Proven: no point of the curve is nearer to λ than this (every point within it has the same index); in
  /// units of 2^exponent of the map. 0 unless certified.
  double scaled_clearance = 0;
  std::string reason;  ///< of what is not certified
};

/// The index of T(a) − λ as a function of λ. T(a) − λ is Fredholm where λ is not on the curve θ ↦ a(e^{iθ}),
/// and has the index −N(λ), N(λ) the winding number of the curve about λ (Gohberg–Krein): constant on each
/// of the regions that the curve cuts the plane into.
///
/// Proof: symbol_polygon() encloses the curve in stadiums about the edges of a polygon, each of radius at
/// most δ. A point λ farther than δ from the polygon is in none of them, and each is convex, so the piece of
/// the curve in it can be moved to the edge without passing λ: N(λ) is the polygon's winding number about λ.
/// That is a count of edges that cross a ray, whose signs double precision gives: for edges with both ends on
/// one side of λ in x the sign is exact; for others λ is in the edge's box, so its distance to the line is
/// that to the edge, above the rounding error. Where λ is nearer to the curve finer polygons follow; where λ
/// is real, winding_number() of a − λ, which also proves that λ is on the curve.
class IndexMap {
 public:
  /// Throws ArgumentError for no taps or one that is not finite.
  explicit IndexMap(std::span<const double> taps);

  /// λ in the units of the taps. A λ on the curve is `not_fredholm` where that can be proven (real λ) and
  /// `undecided` elsewhere, never a number. Throws ArgumentError for a point that is not finite.
  /// `finest`: the level up to which polygons are made; of fewer it is undecided nearer to the curve.
  [[nodiscard]] PointIndex at(std::complex<double> point, std::size_t finest = levels - 1) const;

  static constexpr std::size_t levels = 4;  ///< each sees sixty-four times nearer to the curve

  /// The first, coarsest polygon: what pictures draw.
  [[nodiscard]] const SymbolPolygon& polygon() const { return level(0); }
  [[nodiscard]] int exponent() const { return level(0).exponent; }

 private:
  [[nodiscard]] const SymbolPolygon& level(std::size_t number) const;
  [[nodiscard]] PointIndex at_real(double point) const;

  std::vector<double> taps_;
  double scaled_maximum_ = 0;  // upper bound of max|a| in units of 2^exponent
  mutable std::array<std::once_flag, levels> made_;
  mutable std::array<std::unique_ptr<const SymbolPolygon>, levels> polygons_;
};

}  // namespace tmm::analysis
