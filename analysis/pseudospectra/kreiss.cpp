// SPDX-License-Identifier: MIT
#include "analysis/pseudospectra/kreiss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "analysis/pseudospectra/resolvent_norm.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

using Complex = std::complex<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// log10 of (|z| − 1)‖(z − shift − T)⁻¹‖ at z = (1 + e^s)e^{iθ}, less the error estimate of the norm.
struct KreissQuotient {
  std::span<const double> taps;
  double shift;
  std::size_t threads;

  struct Place {
    double log_height, angle;
  };

  /// λ = z − shift as it is rounded.
  [[nodiscard]] Complex shifted(Place place) const {
    return std::polar(1 + std::exp(place.log_height), place.angle) - shift;
  }
  [[nodiscard]] std::vector<double> at(const std::vector<Place>& places) const {
    std::vector<Complex> points;
    for (const Place& place : places) points.push_back(shifted(place));
    std::vector<double> values;
    const auto norms = resolvent_norms(taps, points, {.threads = threads});
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto re = static_cast<long double>(points[i].real()) + shift;
      const long double height = std::hypot(re, static_cast<long double>(points[i].imag())) - 1;
      const bool known = norms[i].status == Status::numerical && height > 0;
      values.push_back(known ? static_cast<double>(std::log10(height)) - norms[i].sigma_min.log10() +
                                   std::log1p(-norms[i].relative_error) / std::numbers::ln10
                             : -infinity);
    }
    return values;
  }
};

constexpr int heights = 14, angles = 17, rounds = 24;

/// The largest value on a grid of heights and angles, and then of nine points about it, nearer each time.
struct Search {
  double value = -infinity;
  KreissQuotient::Place place{};

  explicit Search(const KreissQuotient& quotient) {
    std::vector<KreissQuotient::Place> places;
    for (int i = 0; i < heights; ++i)
      for (int j = 0; j < angles; ++j) places.push_back({3.0 - i, std::numbers::pi * j / (angles - 1)});
    take(quotient, places);
    double height_step = 0.5, angle_step = std::numbers::pi / (2 * (angles - 1));
    for (int round = 0; round < rounds; ++round) {
      places.clear();
      for (const int i : {-1, 0, 1})
        for (const int j : {-1, 0, 1})
          if (i != 0 || j != 0)
            places.push_back({place.log_height + i * height_step, place.angle + j * angle_step});
      if (take(quotient, places)) continue;
      height_step /= 2;
      angle_step /= 2;
    }
  }

 private:
  bool take(const KreissQuotient& quotient, const std::vector<KreissQuotient::Place>& places) {
    const std::vector<double> values = quotient.at(places);
    const auto best = std::ranges::max_element(values);
    if (!(*best > value)) return false;
    value = *best;
    place = places[static_cast<std::size_t>(best - values.begin())];
    return true;
  }
};

}  // namespace

PlaneMeasure log10_kreiss_constant(std::span<const double> taps, double shift, std::size_t threads) {
  if (taps.empty()) throw ArgumentError("no taps", {"", "taps", "n >= 1 of them", "0", ""});
  PlaneMeasure kreiss;
  const bool diagonal = std::ranges::all_of(taps.subspan(1), [](double w) { return w == 0; });
  const double upper = 1 - shift, lower = -1 - shift;  // the eigenvalue itself may be rounded onto the circle
  if (taps[0] > upper || taps[0] < lower || (!diagonal && (taps[0] == upper || taps[0] == lower))) {
    kreiss.measure = {infinity, Status::certified, 0,
                      "unbounded powers: an eigenvalue on or beyond the circle"};
    kreiss.point = taps[0] + shift;
    return kreiss;
  }
  const KreissQuotient quotient{taps, shift, threads};
  const Search search(quotient);
  // As |z| grows the quotient tends to 1 from wherever it was: K >= 1 for every matrix.
  kreiss.measure = {std::max(search.value, 0.0), Status::below_precision, 0, "largest value found",
                    Measure::Bound::lower};
  kreiss.point = quotient.shifted(search.place) + shift;
  return kreiss;
}

}  // namespace tmm::analysis
