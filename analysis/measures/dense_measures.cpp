// SPDX-License-Identifier: MIT
#include "analysis/measures/dense_measures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "analysis/index/layer_winding.hpp"
#include "analysis/measures/spectrum_measures.hpp"
#include "analysis/measures/tap_error.hpp"
#include "analysis/spectrum/dense_spectrum.hpp"
#include "model/toeplitz/nearest_toeplitz.hpp"

namespace tmm::analysis {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();

std::vector<double> diagonal_of(const model::LayerOperator& layer) {
  const std::size_t n = model::order(layer);
  std::vector<double> diagonal;
  for (std::size_t t = 0; t < n; ++t) diagonal.push_back(layer.matrix[t * (n + 1)]);
  return diagonal;
}

/// A distance with its error: where that is as large only a bound is known.
Measure distance_measure(double value, double error, const std::string& method) {
  if (value == 0 && error == 0) return {0, Status::certified, 0, "exact: constant along every diagonal"};
  if (!(value > 2 * error))
    return {std::nextafter(value + error, HUGE_VAL), Status::below_precision, 0, method};
  return {value, Status::numerical, error, method};
}

void append_distance(OperatorReport& report, const model::NearestToeplitz& nearest) {
  // An identity added to W is rounded: every entry of the diagonal by at most tap_error_l1.
  const auto n = static_cast<double>(model::order(report.layer));
  const double error = nearest.distance_error + report.layer.tap_error_l1 * std::sqrt(n);
  report.measures.push_back({"toeplitz_distance", distance_measure(nearest.distance, error,
                                                                   "Frobenius norm, means along diagonals")});
  Measure relative = Measure::not_defined("zero operator");
  if (nearest.norm > 0) {
    const double share = nearest.distance / nearest.norm;
    const double spread =
        (error + 2 * nearest.distance * epsilon + share * report.layer.tap_error_l1 * std::sqrt(n)) /
        nearest.norm;
    relative = distance_measure(share, spread, "over the Frobenius norm");
  }
  report.measures.push_back({"toeplitz_distance_relative", std::move(relative)});
}

void append_nearest_index(OperatorReport& report, const model::NearestToeplitz& nearest,
                          const WindingOptions& options) {
  const std::string method = "of the nearest Toeplitz matrix, not of the layer";
  Winding winding = winding_number(nearest.taps, options);
  carry_tap_error(winding, nearest.tap_error_l1 + report.layer.tap_error_l1, nearest.taps.size());
  Measure number, index, margin;
  if (winding.status == IndexStatus::certified) {
    const auto zeros = static_cast<double>(winding.number);
    number = {zeros, Status::certified, 0, method};
    index = {-zeros, Status::certified, 0, method};
    margin = {winding.margin, Status::certified,
              std::nextafter(winding.margin_upper - winding.margin, HUGE_VAL),
              "lower bound of min|a| " + method};
  } else if (winding.status == IndexStatus::not_fredholm) {
    number = index = Measure::not_defined("not Fredholm: " + winding.reason + "; " + method);
    margin = {0, Status::certified, 0, "zero on the circle; " + method};
  } else {
    number = index = margin = Measure::undecided(winding.reason + "; " + method);
  }
  report.measures.push_back({"nearest_toeplitz_winding_number", std::move(number)});
  report.measures.push_back({"nearest_toeplitz_fredholm_index", std::move(index)});
  report.measures.push_back({"nearest_toeplitz_index_margin", std::move(margin)});
}

/// Π W_tt as m·2^e, the product in long double: relative error n·2^−63, and that of the entries.
void append_determinant(OperatorReport& report) {
  const std::vector<double> diagonal = diagonal_of(report.layer);
  const auto n = static_cast<double>(diagonal.size());
  const double error = report.layer.tap_error_l1;
  const std::string product = "product of the diagonal", sum = "sum of ln|W_tt|";
  const double least =
      std::fabs(*std::ranges::min_element(diagonal, {}, [](double w) { return std::fabs(w); }));
  if (error > 0 && !(least > 4 * n * error)) {
    for (const char* id : {"determinant", "log_abs_det"})
      report.measures.push_back({id, Measure::undecided("the diagonal is not known apart from 0")});
    return;
  }
  if (least == 0) {
    report.measures.push_back({"determinant", {0, Status::certified, 0, "singular: a zero on the diagonal"}});
    report.measures.push_back({"log_abs_det",
                               {-std::numeric_limits<double>::infinity(), Status::certified, 0,
                                "singular: a zero on the diagonal"}});
    return;
  }
  long double mantissa = 1, logarithm = 0, magnitude = 0;
  std::int64_t exponent = 0;
  for (const double w : diagonal) {
    int shift = 0;
    mantissa = std::frexp(mantissa * w, &shift);
    exponent += shift;
    const long double term = std::log(std::fabs(static_cast<long double>(w)));
    logarithm += term, magnitude += std::fabs(term);
  }
  const ScaledReal value = ScaledReal::from_binary(static_cast<double>(mantissa), exponent);
  const double carried = 1.1 * n * error / least;
  append_scaled(report, "determinant", value, Status::numerical,
                n * 0x1p-63 + epsilon + carried + conversion_error(value), product);
  report.measures.push_back({"log_abs_det",
                             {static_cast<double>(logarithm), Status::numerical,
                              epsilon * std::fabs(static_cast<double>(logarithm)) +
                                  n * 0x1p-60 * (1 + static_cast<double>(magnitude)) + carried,
                              sum}});
}

}  // namespace

void append_dense_index_measures(OperatorReport& report, const WindingOptions& options) {
  report.winding = layer_winding(report.layer);
  const std::string& reason = report.winding.reason;
  for (const char* id : {"winding_number", "fredholm_index", "winding_fraction", "index_margin"})
    report.measures.push_back({id, Measure::not_defined(reason)});
  const model::NearestToeplitz nearest =
      model::nearest_toeplitz(report.layer.matrix, model::order(report.layer));
  append_distance(report, nearest);
  append_nearest_index(report, nearest, options);
  append_determinant(report);
}

void append_dense_spectrum_measures(OperatorReport& report, std::span<const double> thresholds,
                                    std::span<const double> absolute) {
  report.spectrum = dense_spectrum(report.layer.matrix, model::order(report.layer));
  carry_tap_error(*report.spectrum, report.layer.tap_error_l1);
  append_extent(report, *report.spectrum, "", "singular: a zero on the diagonal");
  append_effective_indices(report, thresholds, absolute);
  report.measures.push_back({"stable_rank", stable_rank(report)});
  report.measures.push_back({"effective_rank", effective_rank(*report.spectrum)});
  append_identity_warning(report, report.spectrum->frobenius);
  append_identity_warning(report, report.spectrum->determinant);
}

}  // namespace tmm::analysis
