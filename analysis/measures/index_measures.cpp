// SPDX-License-Identifier: MIT
#include "analysis/measures/index_measures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "analysis/index/index_radius.hpp"
#include "analysis/measures/rounding.hpp"
#include "analysis/measures/spectrum_measures.hpp"
#include "analysis/symbol/maximum_search.hpp"
#include "analysis/symbol/symbol_maximum.hpp"

namespace tmm::analysis {
namespace {

Measure count(std::int64_t value, std::string method) {
  return {static_cast<double>(value), Status::certified, 0, std::move(method)};
}

/// The three measures of the index proper, for an index that is known.
void append_counts(OperatorReport& report) {
  const std::int64_t number = report.winding.number;
  const auto n = static_cast<double>(report.layer.taps.size());
  const std::string& otherwise = report.winding.reason;  // how, where the sweep alone could not tell
  const std::string method = otherwise.empty() ? "half-plane certificate over the circle" : otherwise;
  report.measures.push_back({"winding_number", count(number, method)});
  report.measures.push_back({"fredholm_index", count(-number, "minus the winding number")});
  const double fraction = static_cast<double>(number) / (n - 1);
  report.measures.push_back(
      {"winding_fraction", n > 1 ? Measure{fraction, Status::certified, 0x1p-53 * fraction, "N/(n-1)"}
                                 : Measure::not_defined("n = 1: there is no zero to count")});
}

void append_counts_without_index(OperatorReport& report) {
  const bool decided = report.winding.status == IndexStatus::not_fredholm;
  for (const char* id : {"winding_number", "fredholm_index", "winding_fraction"})
    report.measures.push_back({id, decided ? Measure::not_defined("not Fredholm: " + report.winding.reason)
                                           : Measure::undecided(report.winding.reason)});
}

/// The lower end of the enclosure and the way to its upper one, with mantissa and exponent where no double
/// holds it.
void append_enclosure(OperatorReport& report, const std::string& id, const ScaledEnclosure& x,
                      const std::string& method) {
  const bool beyond = std::isinf(std::ldexp(x.lower, x.exponent));
  const double value = scale_down(x.lower, x.exponent);
  double error = scale_up(x.width, x.exponent);
  if (x.lower == 0 && x.width > 0) {  // nothing is known but an upper bound
    report.measures.push_back(
        {id, std::isfinite(error)
                 ? Measure{error, Status::below_precision, 0, "an upper bound is all that is known"}
                 : Measure::undecided("no bound within the range of double")});
    return;
  }
  if (std::ldexp(static_cast<long double>(x.lower), x.exponent) != static_cast<long double>(value))
    error = std::nextafter(error,
                           HUGE_VAL);  // what the lower end lost is below one unit of the subnormal numbers
  if (!beyond && std::isfinite(error)) {
    report.measures.push_back({id, {value, Status::certified, error, method}});
    return;
  }
  report.measures.push_back({id, Measure::not_defined("beyond the range of double: see " + id +
                                                      "_mantissa and " + id + "_exponent10")});
  constexpr double conversion = 16 * 0x1p-52;
  append_mantissa_and_exponent(report, id, ScaledReal::from_binary(x.lower, x.exponent), Status::certified,
                               x.width / x.lower + conversion, method);
}

void append_margin(OperatorReport& report) {
  const Winding& w = report.winding;
  if (w.status == IndexStatus::certified)
    return append_enclosure(report, "index_margin",
                            {w.scaled_margin, w.scaled_margin_upper - w.scaled_margin, w.exponent},
                            "lower bound of min|a| over the certificate's arcs");
  Measure margin{0, Status::certified, 0, "zero on the circle"};
  if (w.status == IndexStatus::undecided && std::isfinite(w.margin_upper))
    margin = {w.margin_upper, Status::below_precision, 0,
              "no positive lower bound of min|a| could be proven"};
  else if (w.status == IndexStatus::undecided)
    margin = Measure::undecided("no bound of min|a| within the range of double");
  report.measures.push_back({"index_margin", std::move(margin)});
}

/// min|a|/max|a| from the enclosures of both, in units of the same power of two; like index_margin the value
/// is the lower end.
Measure index_margin_relative(const Winding& w, const SymbolMaximum& maximum) {
  if (maximum.scaled_upper == 0) return Measure::not_defined("zero operator");
  if (maximum.scaled_lower == 0) return Measure::undecided("max|a| has no usable bound");
  Measure relative{0, Status::certified, 0, "lower bound of min|a| / upper bound of max|a|"};
  const double largest = w.scaled_margin_upper;
  if (w.status == IndexStatus::undecided || (w.status == IndexStatus::certified && w.scaled_margin == 0)) {
    relative.status = Status::below_precision;
    relative.value = std::nextafter(largest / maximum.scaled_lower, HUGE_VAL);
  } else if (w.status == IndexStatus::certified) {
    relative.value = w.scaled_margin / maximum.scaled_upper * (1 - 0x1p-51);
    if (relative.value < std::numeric_limits<double>::min())  // there the quotient has an absolute error
      relative.value = std::nextafter(std::nextafter(relative.value, 0.0), 0.0);
    const double upper = largest / maximum.scaled_lower * (1 + 0x1p-51);
    relative.error = upper - relative.value;
    if (upper < std::numeric_limits<double>::min())
      relative.error += 2 * std::numeric_limits<double>::denorm_min();
  }
  return relative;
}

void append_radius(OperatorReport& report) {
  if (report.winding.status == IndexStatus::certified) {
    ScaledEnclosure radius = index_radius(report.layer.taps, report.winding).enclosure;
    const double error = scale_up(report.layer.tap_error_l1, -radius.exponent);
    if (error > 0) radius.width = std::nextafter(radius.width + error, HUGE_VAL);
    return append_enclosure(report, "index_radius", radius,
                            "lower bound over the certificate's arcs; upper: a change that does it");
  }
  report.measures.push_back({"index_radius", report.winding.status == IndexStatus::not_fredholm
                                                 ? Measure{0, Status::certified, 0, "zero on the circle"}
                                                 : Measure::undecided(report.winding.reason)});
}

/// Whether the index survives a rounding of the weights, and what it becomes. `proof`: why, where that is
/// proven without a second count.
void append_stability(OperatorReport& report, const std::string& suffix, const RoundingStability& rounding,
                      const std::string& proof, const std::string& type) {
  Measure stable = Measure::undecided("the index is not known on both sides"), number = stable;
  if (rounding.overflow) {
    stable = number = Measure::not_defined("a weight overflows " + type);
  } else if (rounding.ambiguous) {
    stable = number = Measure::undecided("a tap lies within its error of the middle of two numbers");
  } else if (rounding.after->status == IndexStatus::not_fredholm) {
    number = Measure::not_defined("not Fredholm after rounding: " + rounding.after->reason);
    stable = count(0, "not Fredholm after rounding");
  } else if (rounding.after->status == IndexStatus::certified) {
    number = count(rounding.after->number, "half-plane certificate of the rounded weights");
    if (report.winding.status == IndexStatus::certified)
      stable = count(rounding.after->number == report.winding.number ? 1 : 0,
                     rounding.proven ? proof : "counted after rounding");
  }
  if (report.winding.status == IndexStatus::not_fredholm) stable = Measure::not_defined("not Fredholm");
  report.measures.push_back({"stable_under" + suffix, std::move(stable)});
  report.measures.push_back({"winding_number" + suffix, std::move(number)});
}

/// Whether the index survives storing the weights in `type`.
void append_rounding(OperatorReport& report, model::DType type, const WindingOptions& options) {
  const std::string name(model::name(type));
  append_stability(report, "_" + name,
                   rounding_stability(report.layer.taps, report.winding, type, options, report.layer.rest,
                                      report.layer.tap_error_l1),
                   "round-off below the index radius", name);
}

/// Whether it holds for derived taps as the network rounds them.
void append_network_rounding(OperatorReport& report, const WindingOptions& options) {
  if (report.layer.network_taps.empty()) return;
  append_stability(report, "_network_rounding",
                   network_stability(report.layer.taps, report.layer.network_taps, report.winding, options),
                   "the margin exceeds the network's round-off and four units in the last place of every tap",
                   "the network's number type");
}

}  // namespace

void append_index_measures(OperatorReport& report, const WindingOptions& options,
                           const WantedMeasures& wanted, bool certify) {
  if (report.winding.status == IndexStatus::certified)
    append_counts(report);
  else
    append_counts_without_index(report);
  const bool of_maximum = wanted.part(MeasurePart::symbol_maximum);
  SymbolMaximum maximum;
  if (of_maximum)
    maximum = certify ? refined_symbol_maximum(report.layer.taps) : symbol_maximum(report.layer.taps);
  const double rest =
      std::ldexp(std::fabs(report.layer.rest) + report.layer.tap_error_l1, -maximum.exponent) * (1 + 0x1p-50);
  maximum.scaled_lower = std::max(maximum.scaled_lower - rest, 0.0);
  maximum.scaled_upper += rest;
  append_margin(report);
  if (of_maximum)
    report.measures.push_back({"index_margin_relative", index_margin_relative(report.winding, maximum)});
  if (wanted.part(MeasurePart::index_radius)) append_radius(report);
  if (wanted.part(MeasurePart::float16)) append_rounding(report, model::DType::float16, options);
  if (wanted.part(MeasurePart::bfloat16)) append_rounding(report, model::DType::bfloat16, options);
  if (wanted.part(MeasurePart::network_rounding)) append_network_rounding(report, options);
  if (of_maximum)
    append_enclosure(report, "symbol_max",
                     {maximum.scaled_lower, maximum.scaled_upper - maximum.scaled_lower, maximum.exponent},
                     certify ? "lower bound of max|a|: samples; upper: expansions on arcs"
                             : "lower bound of max|a|: samples; upper: Ehlich-Zeller");
}

void append_index_of_rounded_taps(OperatorReport& report, const Winding& rounded) {
  Measure number = Measure::undecided(rounded.reason);
  if (rounded.status == IndexStatus::certified)
    number = count(rounded.number, "of the rounded taps, not of the numbers meant");
  else if (rounded.status == IndexStatus::not_fredholm)
    number = Measure::not_defined("the rounded taps are not Fredholm: " + rounded.reason);
  report.measures.push_back({"winding_number_rounded_taps", std::move(number)});
}

}  // namespace tmm::analysis
