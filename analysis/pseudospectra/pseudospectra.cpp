// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/pseudospectra.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "analysis/index/winding.hpp"
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

std::vector<double> steps(double from, double to, std::size_t count) {
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = std::lerp(from, to, static_cast<double>(i) / static_cast<double>(count - 1));
  return values;
}

/// log10 of the norm, or nothing where the value is not known.
std::optional<double> log10_norm(const ResolventNorm& at) {
  if (at.status == Status::certified) return infinity;
  if (at.status != Status::numerical) return std::nullopt;
  return -at.sigma_min.log10();
}

PlaneMeasure nearest_other_index(std::span<const double> taps) {
  const Winding winding = winding_number(taps);
  PlaneMeasure nearest;
  if (winding.status == IndexStatus::not_fredholm) {
    nearest.measure = {0, Status::certified, 0, "0 is on the curve"};
  } else if (winding.status == IndexStatus::certified && std::isfinite(winding.margin_upper)) {
    const double middle = std::midpoint(winding.margin, winding.margin_upper);
    nearest.measure = {middle, Status::certified, winding.margin_upper - middle, "proven bounds of min|a|"};
    const Complex z = std::polar(1.0, winding.closest_theta);
    for (std::size_t k = taps.size(); k-- > 0;) nearest.point = nearest.point * z + taps[k];
  } else {
    nearest.measure = Measure::undecided(winding.reason);
  }
  return nearest;
}

/// Points on both sides of the curve, those next to 0 first, until one has N = 0.
PlaneMeasure nearest_index_zero(const IndexMap& map) {
  PlaneMeasure nearest;
  if (const PointIndex here = map.at(0); here.status == IndexStatus::certified && here.number == 0) {
    nearest.measure = {0, Status::certified, 0, "T(a) is invertible"};
    return nearest;
  }
  const SymbolPolygon& polygon = map.polygon();
  struct Side {
    double distance;
    Complex point;
  };
  std::vector<Side> sides;
  double longest = 0;
  const double away = 4 * polygon.scaled_distance;
  for (std::size_t i = 1; i < polygon.scaled.size(); ++i) {
    const Complex p = polygon.scaled[i - 1], along = polygon.scaled[i] - p;
    if (polygon.scaled[i].imag() < 0 && p.imag() < 0) continue;
    const double length = std::abs(along);
    if (!(length > 0)) continue;
    const auto parts = static_cast<std::size_t>(std::ceil(length / (8 * away)));
    longest = std::max(longest, length / static_cast<double>(parts));
    for (std::size_t k = 0; k < parts; ++k) {
      const Complex middle = p + along * ((static_cast<double>(k) + 0.5) / static_cast<double>(parts));
      for (const double sign : {-1.0, 1.0}) {
        const Complex point = middle + sign * away * Complex(0, 1) * along / length;
        sides.push_back({std::abs(point), point});
      }
    }
  }
  std::ranges::sort(sides, {}, &Side::distance);
  for (const Side& side : sides) {
    const Complex point(std::ldexp(side.point.real(), map.exponent()),
                        std::ldexp(side.point.imag(), map.exponent()));
    const PointIndex found = map.at(point);
    if (found.status != IndexStatus::certified || found.number != 0) continue;
    nearest.measure = {std::abs(point), Status::numerical, std::ldexp(longest + 2 * away, map.exponent()),
                       "points beside the curve, N = 0 certified at the one shown"};
    nearest.point = point;
    return nearest;
  }
  nearest.measure = Measure::undecided("no point beside the curve has a certified index 0");
  return nearest;
}

/// (|z| − 1)‖(z − shift − T)⁻¹‖ at z = (1 + e^s)e^{iθ}.
struct KreissQuotient {
  std::span<const double> taps;
  double shift;
  std::size_t threads;

  struct Place {
    double log_height, angle;
  };

  [[nodiscard]] static Complex point(Place place) {
    return std::polar(1 + std::exp(place.log_height), place.angle);
  }
  [[nodiscard]] std::vector<double> at(const std::vector<Place>& places) const {
    std::vector<Complex> points;
    for (const Place& place : places) points.push_back(point(place) - shift);
    std::vector<double> values;
    const auto norms = resolvent_norms(taps, points, {.threads = threads});
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto norm = log10_norm(norms[i]);
      values.push_back(
          norm ? std::exp(places[i].log_height) * std::pow(10, *norm) * (1 - norms[i].relative_error) : 0);
    }
    return values;
  }
};

}  // namespace

PlaneMeasure kreiss_constant(std::span<const double> taps, double shift, std::size_t threads) {
  PlaneMeasure kreiss;
  const double eigenvalue = taps[0] + shift;
  const bool diagonal = std::ranges::all_of(taps.subspan(1), [](double w) { return w == 0; });
  if (std::fabs(eigenvalue) > 1 || (std::fabs(eigenvalue) == 1 && !diagonal)) {
    kreiss.measure = {infinity, Status::certified, 0, "an eigenvalue on or beyond the circle"};
    kreiss.point = eigenvalue;
    return kreiss;
  }
  const KreissQuotient quotient{taps, shift, threads};
  constexpr int heights = 14, angles = 17;
  std::vector<KreissQuotient::Place> places;
  for (int i = 0; i < heights; ++i)
    for (int j = 0; j < angles; ++j) places.push_back({3.0 - i, std::numbers::pi * j / (angles - 1)});
  std::vector<double> values = quotient.at(places);
  auto best = std::ranges::max_element(values) - values.begin();
  KreissQuotient::Place place = places[static_cast<std::size_t>(best)];
  double value = values[static_cast<std::size_t>(best)];
  double height_step = 0.5, angle_step = std::numbers::pi / (2 * (angles - 1));
  for (int round = 0; round < 24; ++round) {  // nine points about the best, nearer each time
    places.clear();
    for (const int i : {-1, 0, 1})
      for (const int j : {-1, 0, 1})
        if (i != 0 || j != 0)
          places.push_back({place.log_height + i * height_step, place.angle + j * angle_step});
    values = quotient.at(places);
    best = std::ranges::max_element(values) - values.begin();
    if (values[static_cast<std::size_t>(best)] > value) {
      value = values[static_cast<std::size_t>(best)];
      place = places[static_cast<std::size_t>(best)];
    } else {
      height_step /= 2;
      angle_step /= 2;
    }
  }
  // As |z| grows the quotient tends to 1 from wherever it was: K >= 1 for every matrix.
  const Measure bound{std::max(value, 1.0), Status::below_precision, 0, "largest value found",
                      Measure::Bound::lower};
  kreiss.measure = bound.settled();
  kreiss.point = KreissQuotient::point(place);
  return kreiss;
}

Pseudospectra pseudospectra(std::span<const double> taps, const PseudospectraOptions& options) {
  if (options.columns < 2 || options.rows < 2)
    throw ArgumentError("a picture of the plane has two rows and columns at least",
                        {"", "", "2 or more", "fewer", ""});
  const IndexMap map(taps);
  const SymbolMaximum maximum = symbol_maximum(taps);
  const double reach = options.reach * (maximum.upper > 0 ? maximum.upper : 1);
  if (!std::isfinite(reach))
    throw ArgumentError("a symbol beyond the range of double", {"", "taps", "max|a| below 1e308", "", ""});
  Pseudospectra plane;
  plane.x = steps(-reach, reach, options.columns);
  plane.y = steps(0, reach, options.rows);
  std::vector<Complex> points;
  for (const double y : plane.y)
    for (const double x : plane.x) points.emplace_back(x, y);
  for (const ResolventNorm& norm : resolvent_norms(taps, points, {.threads = options.threads})) {
    plane.log10_resolvent.push_back(log10_norm(norm).value_or(nan));
    plane.relative_error.push_back(norm.status == Status::below_precision ? nan : norm.relative_error);
  }
  plane.winding_number.resize(points.size());
  model::parallel_for(points.size(), options.threads, [&](std::size_t i, std::size_t) {
    if (const PointIndex found = map.at(points[i]); found.status == IndexStatus::certified)
      plane.winding_number[i] = found.number;
  });
  plane.distance_to_other_index = nearest_other_index(taps);
  plane.distance_to_index_zero = nearest_index_zero(map);
  plane.kreiss_of_powers = kreiss_constant(taps, 0, options.threads);
  plane.kreiss_of_residual_powers = kreiss_constant(taps, 1, options.threads);
  return plane;
}

}  // namespace tmm::analysis
