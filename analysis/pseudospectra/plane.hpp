// SPDX-License-Identifier: MIT
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tmm::analysis {

/// Where the plane is looked at. Everything is symmetric about the real axis: only Im λ ≥ 0 is.
struct PlaneGrid {
  static constexpr std::size_t most = 2001;  ///< columns, rows

  std::size_t columns = 81;  ///< points on the real axis, odd: one of them is 0
  std::size_t rows = 41;     ///< on the upper half plane, the real axis included

  bool operator==(const PlaneGrid&) const = default;
};

/// Throws ArgumentError for fewer than three columns or an even number, fewer than two rows, and more than
/// PlaneGrid::most.
void require_grid(const PlaneGrid& grid);

/// Where in the plane a measure was found.
struct PlanePoint {
  std::string measure;
  std::complex<double> point;
};

/// The plane of λ about one operator, on a grid.
struct Plane {
  std::vector<double> x, y;  ///< Re λ (columns), Im λ (rows), ascending; y begins with 0
  /// log10 ‖(T_n(a) − λ)⁻¹‖ at [row·columns + column]; +∞ at λ = w_0, NaN where only a bracket is known.
  std::vector<double> log10_resolvent;
  std::vector<double> relative_error;  ///< of the norm at these points; NaN likewise
  /// N(λ), −N the index of T(a) − λ, certified; none on the curve or where it could not be proven.
  std::vector<std::optional<std::int64_t>> winding_number;
  std::vector<PlanePoint> points;  ///< of measures of the plane (analysis/measures/plane_measures.hpp)
};

struct PlaneOptions {
  std::size_t threads = 1;
  /// The taps stand for real numbers within this in ‖·‖₁: indices are certified, and norms known, of these.
  double tap_error = 0;
  double rest = 0;  ///< w_0 is taps[0] + rest: indices are certified of that; norms are those without it
};

/// The grid over ±1.25 max|a|, without points: O(columns·rows·(n² + s n log n)) operations, s the steps of
/// Lanczos (4 to 100). Throws ArgumentError for no taps, one that is not finite, max|a| beyond the range of
/// double, and as require_grid() does.
Plane resolvent_plane(std::span<const double> taps, const PlaneGrid& grid = {},
                      const PlaneOptions& options = {});

/// Points of the grid that hang together, to the right or above each other, with one certified index.
struct PlaneRegion {
  std::int64_t winding_number = 0;
  std::size_t points = 0;      ///< of the grid, the upper half plane alone
  std::complex<double> label;  ///< that one of them which is deepest inside: where the number may be written
};

/// The regions of a plane by the number of their points, the largest first. What is proven is the number at
/// each point: two points of a region may be parted by a piece of curve that passes between points of the
/// grid, and then have the same number.
std::vector<PlaneRegion> plane_regions(const Plane& plane);

}  // namespace tmm::analysis
