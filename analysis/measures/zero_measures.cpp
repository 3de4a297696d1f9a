// SPDX-License-Identifier: MIT
#include "analysis/measures/zero_measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "analysis/base/storage_precision.hpp"
#include "analysis/index/jensen.hpp"
#include "analysis/index/jensen_proof.hpp"
#include "analysis/measures/tap_error.hpp"
#include "analysis/symbol/ball_zeros.hpp"
#include "analysis/symbol/roots_of_unity.hpp"

namespace tmm::analysis {
namespace {

constexpr const char* method = "Ehrlich-Aberth, error by Laguerre's disc";

/// min|ζ| from the discs: at least the least of their lower ends, at most the least of their upper ends.
Measure smallest_zero(const Zeros& zeros) {
  constexpr double largest = std::numeric_limits<double>::max(),
                   least = std::numeric_limits<double>::denorm_min();
  if (zeros.at_origin > 0) return {0, Status::certified, 0, "w_0 = 0"};
  if (zeros.zeros.empty()) return Measure::not_defined("the symbol has no zero");
  const Zero& zero = zeros.zeros.front();
  long double lower = zero.least_modulus, upper = zero.most_modulus;
  for (const Zero& other : zeros.zeros) {
    lower = std::fmin(lower, other.least_modulus);
    upper = std::fmin(upper, other.most_modulus);
  }
  if (std::isinf(upper)) return Measure::undecided("the discs of the zeros are too large");
  if (lower > largest) return {largest, Status::below_precision, 0, method, Measure::Bound::lower};
  const auto above = [](long double x) {
    const auto rounded = static_cast<double>(x);
    return rounded < x ? std::nextafter(rounded, HUGE_VAL) : rounded;
  };
  // A disc that holds the origin, or a modulus below every double.
  if (lower <= 0 || upper < least) return {above(upper), Status::below_precision, 0, method};
  const double value = std::abs(zero.z);
  double error = zero.radius;
  const double below = static_cast<double>(value - lower), over = static_cast<double>(upper - value);
  // Radii are generous by more than the rounding of |z|, save those that are themselves as small as it.
  const double slack = error > 0x1p-43 * value ? 0x1p-52 * value : 0;
  if (zero.together > 1 || std::fmax(below, over) > error * (1 + 1e-9) + slack)
    error = above(std::fmax(below, over) * (1 + 1e-15L));
  return {value, Status::numerical, error, method};
}

/// Zeros at or within τ^{1/n}, or how many discs that bound cuts. A cluster counts whole; an isolated disc
/// that is cut is made smaller in balls.
Measure count_within(const Zeros& zeros, std::span<const double> taps, double tau) {
  const double modulus = std::pow(tau, 1 / static_cast<double>(taps.size()));
  const long double rounding = 4 * unit_roundoff * static_cast<long double>(modulus);
  std::size_t count = zeros.at_origin, open = 0;
  for (const Zero& zero : zeros.zeros) {
    int side = 0;
    if (zero.most_modulus <= modulus - rounding)
      side = -1;
    else if (zero.least_modulus > modulus + rounding)
      side = 1;
    else if (zero.together == 1)
      side = side_of_circle(taps, zero, tau, taps.size());
    count += side < 0 ? 1 : 0;
    open += side == 0 ? 1 : 0;
  }
  if (open > 0)
    return Measure::undecided(fmt::format(
        "{} to {}: the discs of {} zeros meet the circle of radius tau^(1/n)", count, count + open, open));
  return {static_cast<double>(count), Status::numerical, 0, "zeros within tau^(1/n)"};
}

void append_jensen(OperatorReport& report, bool certify) {
  JensenDefect jensen =
      jensen_defect(report.layer.taps, report.winding, report.zeros ? &*report.zeros : nullptr);
  if (certify && report.zeros)
    if (auto proven =
            proven_jensen_defect(report.layer.taps, report.layer.rest, report.winding, *report.zeros))
      jensen.value = std::move(*proven);
  report.measures.push_back(
      {"jensen_defect",
       carry_tap_error(jensen.value, report.winding, report.layer.taps.front(), report.layer.tap_error_l1)});
  if (!jensen.agree)
    report.warnings.push_back(fmt::format(
        "the two sides of Jensen's formula differ: {:.15g} by quadrature (error {:.2g}), {:.15g} by zeros "
        "(error {:.2g})",
        jensen.by_quadrature.value, jensen.by_quadrature.error, jensen.by_zeros->value,
        jensen.by_zeros->error));
}

/// Whether the discs of the zeros leave no room for the certified winding number.
bool contradicts_index(const OperatorReport& report) {
  const Zeros& zeros = *report.zeros;
  return zeros.converged && zeros.unclear == 0 && report.winding.status == IndexStatus::certified &&
         static_cast<std::int64_t>(zeros.inside) != report.winding.number;
}

}  // namespace

void append_zero_measures(OperatorReport& report, bool certify) {
  append_jensen(report, certify);
  if (!report.zeros) return;
  const Zeros& zeros = *report.zeros;
  const bool zero_operator = std::ranges::all_of(report.layer.taps, [](double w) { return w == 0; });
  const bool contradicted = contradicts_index(report);
  const auto append = [&](std::string id, Measure measure) {
    if (zero_operator) measure = Measure::not_defined("zero operator");
    if (contradicted && measure.status != Status::certified && measure.status != Status::not_defined)
      measure = Measure::undecided("the zeros contradict the certified winding number");
    if (report.layer.tap_error_l1 > 0) {
      if (measure.status == Status::certified) measure = Measure::undecided("w_0 is not known apart from 0");
      measure.method += "; of the rounded taps";
    }
    if (!zeros.converged && measure.status == Status::numerical)
      measure = Measure::undecided("the zeros did not converge");
    report.measures.push_back({std::move(id), std::move(measure)});
  };
  append("smallest_zero", smallest_zero(zeros));
  for (const auto& [precision, tau] : storage_precisions)
    append("predicted_index_" + std::string(precision), count_within(zeros, report.layer.taps, tau));
  if (contradicted)
    report.warnings.push_back(
        fmt::format("{} computed zeros lie inside the circle, but N = {} is certified: do not "
                    "trust the zeros",
                    zeros.inside, report.winding.number));
}

}  // namespace tmm::analysis
