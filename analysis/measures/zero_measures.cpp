// SPDX-License-Identifier: MIT
#include "analysis/measures/zero_measures.hpp"

#include <fmt/format.h>

#include <cmath>
#include <complex>
#include <string>
#include <utility>

#include "analysis/base/storage_precision.hpp"
#include "analysis/index/jensen.hpp"

namespace tmm::analysis {
namespace {

constexpr const char* method = "Ehrlich-Aberth, error by Laguerre's disc";

Measure smallest_zero(const Zeros& zeros) {
  if (zeros.at_origin > 0) return {0, Status::certified, 0, "w_0 = 0"};
  if (zeros.zeros.empty()) return Measure::not_defined("the symbol has no zero");
  const Zero& zero = zeros.zeros.front();
  return {std::abs(zero.z), Status::numerical, zero.radius, method};
}

/// Zeros at or within `modulus`; error: discs that the bound cuts.
Measure count_within(const Zeros& zeros, double modulus) {
  std::size_t count = zeros.at_origin, open = 0;
  for (const Zero& zero : zeros.zeros) {
    const double distance = std::abs(zero.z) - modulus;
    count += distance <= 0 ? 1 : 0;
    open += std::fabs(distance) <= zero.radius ? 1 : 0;
  }
  return {static_cast<double>(count), Status::numerical, static_cast<double>(open), "zeros within tau^(1/n)"};
}

void append_jensen(OperatorReport& report) {
  const JensenDefect jensen =
      jensen_defect(report.layer.taps, report.winding, report.zeros ? &*report.zeros : nullptr);
  report.measures.push_back({"jensen_defect", jensen.value});
  if (!jensen.agree)
    report.warnings.push_back(fmt::format(
        "the two sides of Jensen's formula differ: {:.15g} by quadrature (error {:.2g}), {:.15g} by zeros "
        "(error {:.2g})",
        jensen.by_quadrature.value, jensen.by_quadrature.error, jensen.by_zeros->value,
        jensen.by_zeros->error));
}

void append_count_warning(OperatorReport& report) {
  const Zeros& zeros = *report.zeros;
  const auto inside = static_cast<std::int64_t>(zeros.inside);
  if (!zeros.converged || zeros.unclear > 0 || report.winding.status != IndexStatus::certified ||
      inside == report.winding.number)
    return;
  report.warnings.push_back(
      fmt::format("{} computed zeros lie inside the circle, but N = {} is certified: do not "
                  "trust the zeros",
                  inside, report.winding.number));
}

}  // namespace

void append_zero_measures(OperatorReport& report) {
  append_jensen(report);
  if (!report.zeros) return;
  const Zeros& zeros = *report.zeros;
  const auto n = static_cast<double>(report.layer.taps.size());
  const bool zero_operator = zeros.at_origin == report.layer.taps.size();
  const auto append = [&](std::string id, Measure measure) {
    if (zero_operator) measure = Measure::not_defined("zero operator");
    if (!zeros.converged && measure.status == Status::numerical)
      measure = Measure::undecided("the zeros did not converge");
    report.measures.push_back({std::move(id), std::move(measure)});
  };
  append("smallest_zero", smallest_zero(zeros));
  for (const auto& [precision, unit_roundoff] : storage_precisions)
    append("predicted_index_" + std::string(precision), count_within(zeros, std::pow(unit_roundoff, 1 / n)));
  append_count_warning(report);
}

}  // namespace tmm::analysis
