// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/plane.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/pseudospectra/index_map.hpp"
#include "analysis/pseudospectra/resolvent_norm.hpp"
#include "analysis/symbol/symbol_maximum.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double reach_of_maximum = 1.25;
constexpr double most_error = 1e-2;  // of a norm that is known

std::vector<double> steps(double from, double to, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = std::lerp(from, to, static_cast<double>(i) / static_cast<double>(count - 1));
  return values;
}

/// From −reach to reach, 0 exactly in the middle.
std::vector<double> symmetric_steps(double reach, std::size_t count) {
  const std::vector<double> right = steps(0, reach, count / 2 + 1);
  std::vector<double> values;
  for (std::size_t i = right.size(); i-- > 1;) values.push_back(-right[i]);
  values.insert(values.end(), right.begin(), right.end());
  return values;
}

/// By Weyl σ_min is within the taps' error of that of the real numbers.
void append_norm(Plane& plane, const ResolventNorm& norm, double tap_error) {
  double log10 = nan, error = nan;
  if (norm.status == Status::certified && tap_error == 0) {
    log10 = infinity;
    error = 0;
  } else if (norm.status == Status::numerical) {
    log10 = -norm.sigma_min.log10();
    error = norm.relative_error + (tap_error > 0 ? std::pow(10, std::log10(tap_error) + log10) : 0);
    if (!(error < most_error)) log10 = error = nan;
  }
  plane.log10_resolvent.push_back(log10);
  plane.relative_error.push_back(error);
}

}  // namespace

void require_grid(const PlaneGrid& grid) {
  if (grid.columns >= 3 && grid.columns % 2 == 1 && grid.rows >= 2 && grid.columns <= PlaneGrid::most &&
      grid.rows <= PlaneGrid::most)
    return;
  throw ArgumentError("no grid over the plane",
                      {"", "columns and rows", "an odd number from 3 and one from 2, up to 2001",
                       std::to_string(grid.columns) + " and " + std::to_string(grid.rows), ""});
}

Plane resolvent_plane(std::span<const double> taps, const PlaneGrid& grid, const PlaneOptions& options) {
  require_grid(grid);
  const IndexMap map(taps);
  const SymbolMaximum maximum = symbol_maximum(taps);
  const double reach = reach_of_maximum * (maximum.upper > 0 ? maximum.upper : 1);
  if (!std::isfinite(reach))
    throw ArgumentError("a symbol beyond the range of double", {"", "taps", "max|a| below 1e308", "", ""});
  Plane plane;
  plane.x = symmetric_steps(reach, grid.columns);
  plane.y = steps(0, reach, grid.rows);
  std::vector<Complex> points;
  for (const double y : plane.y)
    for (const double x : plane.x) points.emplace_back(x, y);
  for (const ResolventNorm& norm : resolvent_norms(taps, points, {.threads = options.threads}))
    append_norm(plane, norm, options.tap_error);
  plane.winding_number.resize(points.size());
  const double moved = (options.tap_error + std::fabs(options.rest)) * (1 + 0x1p-50);  // the curve, at most
  model::parallel_for(points.size(), options.threads, [&](std::size_t i, std::size_t) {
    const PointIndex found = map.at(points[i]);
    if (found.status == IndexStatus::certified && std::ldexp(found.scaled_clearance, map.exponent()) > moved)
      plane.winding_number[i] = found.number;
  });
  return plane;
}

}  // namespace tmm::analysis
