// SPDX-License-Identifier: MIT
#include "analysis/measures/index_measures.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "analysis/index/index_radius.hpp"
#include "analysis/measures/rounding.hpp"
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
  const std::string method = "half-plane certificate over the circle";
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

Measure index_margin(const Winding& winding) {
  switch (winding.status) {
    case IndexStatus::certified:
      return {winding.margin, Status::certified, winding.margin_upper - winding.margin,
              "lower bound of min|a| over the certificate's arcs"};
    case IndexStatus::not_fredholm:
      return {0, Status::certified, 0, "zero on the circle"};
    case IndexStatus::undecided:
      break;
  }
  return {winding.margin_upper, Status::below_precision, 0,
          "no positive lower bound of min|a| could be proven"};
}

/// min|a|/max|a| from the enclosures of both; like index_margin the value is the lower end.
Measure index_margin_relative(const Measure& margin, const SymbolMaximum& maximum) {
  if (maximum.upper == 0) return Measure::not_defined("zero operator");
  if (maximum.lower == 0 || std::isinf(maximum.upper))
    return Measure::undecided("max|a| has no usable bound");
  Measure relative = margin;
  relative.method = "lower bound of min|a| / upper bound of max|a|";
  const double largest = margin.value + margin.error;
  if (margin.status == Status::below_precision) {
    relative.value = margin.value / maximum.lower;
  } else {
    relative.value = margin.value / maximum.upper * (1 - 0x1p-51);
    relative.error = largest / maximum.lower * (1 + 0x1p-51) - relative.value;
  }
  return relative;
}

/// The norm of T(a). Like every enclosure in the table: the lower end, and the way to the upper one.
Measure symbol_max(const SymbolMaximum& maximum) {
  return {maximum.lower, Status::certified, maximum.upper - maximum.lower,
          "lower bound of max|a|: samples; upper: Ehlich-Zeller"};
}

Measure index_radius_measure(const OperatorReport& report) {
  if (report.winding.status == IndexStatus::not_fredholm)
    return {0, Status::certified, 0, "zero on the circle"};
  if (report.winding.status == IndexStatus::undecided) return Measure::undecided(report.winding.reason);
  const IndexRadius radius = index_radius(report.layer.taps, report.winding);
  // The upper end is an ordinary sum in double precision: its rounding belongs to the enclosure.
  double rounding = 0;
  for (const double w : report.layer.taps) rounding += 1e-13 * std::fabs(w);
  return {radius.lower, Status::certified, std::max(radius.upper - radius.lower, 0.0) + rounding,
          "lower bound over the certificate's arcs; upper: a change that does it"};
}

/// Whether the index survives storing the weights in `type`, and what it becomes.
void append_rounding(OperatorReport& report, model::DType type, const WindingOptions& options) {
  const std::string suffix = std::string("_").append(model::name(type));
  const RoundingStability rounding = rounding_stability(report.layer.taps, report.winding, type, options);
  Measure stable = Measure::undecided("the index is not known on both sides"), number = stable;
  if (rounding.overflow) {
    stable = number = Measure::not_defined(std::string("a weight overflows ").append(model::name(type)));
  } else if (rounding.after->status == IndexStatus::not_fredholm) {
    number = Measure::not_defined("not Fredholm after rounding: " + rounding.after->reason);
    stable = count(0, "not Fredholm after rounding");
  } else if (rounding.after->status == IndexStatus::certified) {
    number = count(rounding.after->number, "half-plane certificate of the rounded weights");
    if (report.winding.status == IndexStatus::certified)
      stable = count(rounding.after->number == report.winding.number ? 1 : 0,
                     rounding.proven ? "round-off below the index radius" : "counted after rounding");
  }
  if (report.winding.status == IndexStatus::not_fredholm) stable = Measure::not_defined("not Fredholm");
  report.measures.push_back({"stable_under" + suffix, std::move(stable)});
  report.measures.push_back({"winding_number" + suffix, std::move(number)});
}

}  // namespace

void append_index_measures(OperatorReport& report, const WindingOptions& options) {
  if (report.winding.status == IndexStatus::certified)
    append_counts(report);
  else
    append_counts_without_index(report);
  const SymbolMaximum maximum = symbol_maximum(report.layer.taps);
  const Measure margin = index_margin(report.winding);
  report.measures.push_back({"index_margin", margin});
  report.measures.push_back({"index_margin_relative", index_margin_relative(margin, maximum)});
  report.measures.push_back({"index_radius", index_radius_measure(report)});
  append_rounding(report, model::DType::float16, options);
  append_rounding(report, model::DType::bfloat16, options);
  report.measures.push_back({"symbol_max", symbol_max(maximum)});
}

}  // namespace tmm::analysis
