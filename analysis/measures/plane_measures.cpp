// SPDX-License-Identifier: MIT
#include "analysis/measures/plane_measures.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <string>
#include <utility>

#include "analysis/pseudospectra/index_map.hpp"
#include "analysis/pseudospectra/kreiss.hpp"
#include "analysis/pseudospectra/plane_distances.hpp"

namespace tmm::analysis {
namespace {

void append(OperatorReport& report, const std::string& id, PlaneMeasure found) {
  const bool somewhere =
      found.measure.status != Status::undecided && found.measure.status != Status::not_defined;
  if (report.plane && somewhere) report.plane->points.push_back({id, found.point});
  report.measures.push_back({id, std::move(found.measure)});
}

/// Where the curve is nearest to 0.
std::complex<double> nearest_of_curve(const OperatorReport& report) {
  const std::complex<double> z = std::polar(1.0, report.winding.closest_theta);
  std::complex<double> value = 0;
  for (std::size_t k = report.layer.taps.size(); k-- > 0;) value = value * z + report.layer.taps[k];
  return value;
}

PlaneMeasure other_index(const OperatorReport& report) {
  PlaneMeasure nearest;
  const Measure* margin = report.find("index_margin");
  nearest.measure = margin == nullptr ? Measure::undecided("no margin") : *margin;
  if (nearest.measure.status == Status::certified || nearest.measure.status == Status::below_precision)
    nearest.measure.method = "min|a|: the curve is nearest there";
  nearest.point = nearest_of_curve(report);
  return nearest;
}

PlaneMeasure index_zero(const OperatorReport& report) {
  const Winding& winding = report.winding;
  const auto& taps = report.layer.taps;
  if (winding.status == IndexStatus::certified && winding.number == 0)
    return {{0, Status::certified, 0, "T(a) is invertible"}, 0};
  if (winding.status == IndexStatus::undecided) return {Measure::undecided(winding.reason), 0};
  if (report.layer.tap_error_l1 == 0 && std::ranges::all_of(taps, [](double w) { return w == 0; }))
    return {{0, Status::certified, 0, "zero operator: N = 0 but at 0"}, 0};
  PlaneMeasure nearest = distance_to_index_zero(IndexMap(taps));
  if (nearest.measure.status == Status::numerical) nearest.measure.error += report.layer.tap_error_l1;
  return nearest;
}

PlaneMeasure kreiss(const OperatorReport& report, double shift) {
  const model::LayerOperator& layer = report.layer;
  PlaneMeasure found = log10_kreiss_constant(layer.taps, shift);
  const double off = layer.tap_error_l1 + std::fabs(layer.rest);
  if (off == 0) return found;
  // An eigenvalue that may be on either side of the circle.
  const double from_circle =
      std::fmin(std::fabs(layer.taps[0] + shift - 1), std::fabs(layer.taps[0] + shift + 1));
  if (std::isinf(found.measure.value) && !(from_circle > 2 * off))
    found.measure = Measure::undecided("w_0 is not known apart from the unit circle");
  else if (found.measure.status != Status::certified)
    found.measure.method += "; of the rounded taps";
  return found;
}

}  // namespace

void append_plane_measures(OperatorReport& report, const WantedMeasures& wanted) {
  if (wanted.part(MeasurePart::plane_distances)) {
    append(report, "distance_to_other_index", other_index(report));
    append(report, "distance_to_index_zero", index_zero(report));
  }
  if (wanted.part(MeasurePart::kreiss)) {
    append(report, "log10_kreiss_powers", kreiss(report, 0));
    append(report, "log10_kreiss_residual_powers", kreiss(report, 1));
  }
}

}  // namespace tmm::analysis
