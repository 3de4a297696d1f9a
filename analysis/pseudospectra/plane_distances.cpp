// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/plane_distances.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tmm::analysis {

namespace {

using Complex = std::complex<double>;

/// Points on both sides of a polygon, a little away from it, those next to 0 first.
struct Sides {
  std::vector<Complex> points;
  double away = 0;     ///< from the polygon
  double longest = 0;  ///< step along it

  explicit Sides(const SymbolPolygon& polygon) : away(std::max(4 * polygon.scaled_distance, 0x1p-40)) {
    for (std::size_t i = 1; i < polygon.scaled.size(); ++i) {
      const Complex p = polygon.scaled[i - 1], along = polygon.scaled[i] - p;
      const double length = std::abs(along);
      const bool mirrored = polygon.scaled[i].imag() < 0 && p.imag() < 0;
      if (mirrored || !(length > 0)) continue;
      const auto parts = static_cast<std::size_t>(std::ceil(length / (8 * away)));
      longest = std::max(longest, length / static_cast<double>(parts));
      const Complex aside = away * Complex(0, 1) * along / length;
      for (std::size_t k = 0; k < parts; ++k) {
        const Complex middle = p + along * ((static_cast<double>(k) + 0.5) / static_cast<double>(parts));
        points.push_back(middle - aside);
        points.push_back(middle + aside);
      }
    }
    std::ranges::sort(points, {}, [](Complex point) { return std::norm(point); });
  }
};

/// Looks for N = 0 in the units of a map's polygon.
class Search {
 public:
  explicit Search(const IndexMap& map) : map_(map), sides_(map.polygon()) {
    for (const Complex side : sides_.points) {
      const PointIndex found = at(side, 0);
      if (found.status == IndexStatus::undecided) unclear_.push_back(side);
      if (found.status != IndexStatus::certified || found.number != 0) continue;
      starts_.push_back(side);
      if (std::abs(side) > std::abs(starts_.front()) + resolution()) break;  // none of those can end nearer
    }
  }

  [[nodiscard]] bool found() const { return !starts_.empty(); }
  [[nodiscard]] Complex first() const { return starts_.front(); }
  /// How near the curve is looked at by the points beside it.
  [[nodiscard]] double resolution() const { return sides_.longest + 2 * sides_.away; }

  /// The nearest of what some starts lead to.
  [[nodiscard]] Complex nearest() const {
    Complex best = starts_.front();
    std::vector<Complex> tried;
    for (const Complex start : starts_) {
      const auto near = [&](Complex other) { return std::abs(start - other) < 2 * resolution(); };
      if (tried.size() == most_starts || std::ranges::any_of(tried, near)) continue;
      tried.push_back(start);
      if (const Complex end = improved(start); std::abs(end) < std::abs(best)) best = end;
    }
    return best;
  }

  /// Whether no point beside the curve that is nearer than this has N = 0, all looked at closely enough.
  [[nodiscard]] bool is_clear_within(double radius) const {
    std::size_t looked_at = 0;
    for (const Complex side : unclear_) {
      if (std::abs(side) > radius) break;
      const PointIndex found = at(side, 1);
      if (++looked_at > most_unclear || found.status != IndexStatus::certified || found.number == 0)
        return false;
    }
    return true;
  }

  static constexpr double finest_step = 0x1p-4;  ///< of the resolution

 private:
  static constexpr std::size_t most_starts = 2, most_unclear = 100;

  [[nodiscard]] PointIndex at(Complex scaled, std::size_t finest) const {
    return map_.at({std::ldexp(scaled.real(), map_.exponent()), std::ldexp(scaled.imag(), map_.exponent())},
                   finest);
  }
  [[nodiscard]] bool is_zero(Complex scaled) const {
    const PointIndex found = at(scaled, 1);
    return found.status == IndexStatus::certified && found.number == 0;
  }

  /// Nearer to 0 by smaller and smaller steps, inwards and to both sides.
  [[nodiscard]] Complex improved(Complex point) const {
    for (double step = resolution(); step >= finest_step * resolution(); step /= 2) {
      bool moved = true;
      for (int tries = 0; moved && tries < 4; ++tries) {
        moved = false;
        const Complex inwards = -step * point / std::abs(point);
        for (const Complex turn :
             {Complex(1, 0), Complex(1, 1), Complex(1, -1), Complex(0.3, 1), Complex(0.3, -1)})
          if (const Complex next = point + inwards * turn;
              std::abs(next) < std::abs(point) && is_zero(next)) {
            point = next;
            moved = true;
            break;
          }
      }
    }
    return point;
  }

  const IndexMap& map_;
  Sides sides_;
  std::vector<Complex> starts_, unclear_;
};

}  // namespace

PlaneMeasure distance_to_index_zero(const IndexMap& map) {
  PlaneMeasure nearest;
  const Search search(map);
  if (!search.found()) {
    nearest.measure = Measure::undecided("no point beside the curve has a certified index 0");
    return nearest;
  }
  // Where the curve is too dense to see between its strands a closer look at one place is no news.
  const bool clear = search.is_clear_within(std::abs(search.first()));
  const Complex point = clear ? search.nearest() : search.first();
  const auto in_taps = [&](double x) { return std::ldexp(x, map.exponent()); };
  const double error = search.resolution() * (clear ? 4 * Search::finest_step : 1);
  nearest.point = {in_taps(point.real()), in_taps(point.imag())};
  nearest.measure = {std::abs(nearest.point), Status::numerical,
                     in_taps(error) + std::numeric_limits<double>::denorm_min(),
                     "nearest point beside the curve with N = 0 certified"};
  return nearest;
}

}  // namespace tmm::analysis
