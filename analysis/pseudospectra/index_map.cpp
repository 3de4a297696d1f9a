// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/index_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/symbol/symbol_maximum.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;
// Tolerance of the polygons by level, of max|a|: each sees sixty-four times nearer to the curve.
constexpr double coarsest = 0x1p-11, refinement = 0x1p-6;
// Above the rounding errors of a distance and of a crossing, relative to the largest number in it.
constexpr double slack = 0x1p-46;

struct Place {
  double distance = std::numeric_limits<double>::infinity();
  std::int64_t winding = 0;  ///< of the polygon, unless the distance is next to nothing
};

/// Where a point is with respect to a polygon: edges that cross the ray from it to +∞, upwards and downwards.
Place place_of(Complex point, const std::vector<Complex>& vertices) {
  Place place;
  Complex p = vertices.front() - point;
  for (std::size_t i = 1; i < vertices.size(); ++i) {
    const Complex q = vertices[i] - point;
    // Whether the ends are above the ray is compared between the numbers themselves, not their differences.
    const bool above_p = vertices[i - 1].imag() > point.imag(), above_q = vertices[i].imag() > point.imag();
    if (above_p != above_q) {
      const double cross = p.real() * q.imag() - q.real() * p.imag();
      const bool right = (p.real() > 0 && q.real() > 0) ||
                         (!(p.real() < 0 && q.real() < 0) && (above_q ? cross > 0 : cross < 0));
      if (right) place.winding += above_q ? 1 : -1;
    }
    place.distance = std::min(place.distance, distance_of_origin(p, q));
    p = q;
  }
  return place;
}

}  // namespace

IndexMap::IndexMap(std::span<const double> taps) : taps_(taps.begin(), taps.end()) {
  scaled_maximum_ = symbol_maximum(taps).scaled_upper;
}

const SymbolPolygon& IndexMap::level(std::size_t number) const {
  std::call_once(made_[number], [&] {
    const double tolerance = scaled_maximum_ * coarsest * std::pow(refinement, static_cast<double>(number));
    polygons_[number] =
        std::make_unique<const SymbolPolygon>(symbol_polygon(taps_, {.scaled_tolerance = tolerance}));
  });
  return *polygons_[number];
}

PointIndex IndexMap::at_real(double point) const {
  std::vector<double> shifted = taps_;
  const double difference = taps_[0] - point;
  const double other = taps_[0] - difference;  // Knuth's TwoSum: w_0 − λ = difference + rest exactly
  const double rest = (taps_[0] - (difference + other)) + (other - point);
  shifted[0] = difference;
  const Winding winding = winding_number(shifted, {}, rest);
  PointIndex result{winding.status, winding.number, 0, winding.reason};
  if (winding.status == IndexStatus::certified)
    result.scaled_clearance = std::ldexp(winding.scaled_margin, winding.exponent - exponent());
  return result;
}

PointIndex IndexMap::at(Complex point, std::size_t finest) const {
  if (!std::isfinite(point.real()) || !std::isfinite(point.imag()))
    throw ArgumentError("a point of the plane is not finite", {"", "point", "a finite number", "", ""});
  PointIndex result;
  double distance = 0;
  for (std::size_t number = 0; number <= std::min(finest, levels - 1); ++number) {
    const SymbolPolygon& polygon = level(number);
    const Complex scaled(std::ldexp(point.real(), -polygon.exponent),
                         std::ldexp(point.imag(), -polygon.exponent));
    const Place place = place_of(scaled, polygon.scaled);
    const double rounding = slack * (std::abs(scaled) + scaled_maximum_);
    distance = std::max(place.distance, polygon.scaled_distance);
    const double clearance = place.distance - polygon.scaled_distance - rounding;
    if (clearance > rounding) {
      result.status = IndexStatus::certified;
      result.number = place.winding;
      result.scaled_clearance = clearance;
      return result;
    }
    if (point.imag() == 0 && finest > 0) return at_real(point.real());
  }
  result.reason = fmt::format("on the curve, or nearer to it than {:.1e} max|a|", distance / scaled_maximum_);
  return result;
}

}  // namespace tmm::analysis
