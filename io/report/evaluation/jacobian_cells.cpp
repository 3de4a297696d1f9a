// SPDX-License-Identifier: MIT
#include "io/report/evaluation/jacobian_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/report/format_measure.hpp"

namespace tmm::io {
namespace {

using analysis::Measure, analysis::NetworkJacobian, analysis::RetentionProfile, analysis::SampleJacobian,
    analysis::SampleSummary;

constexpr std::size_t most_groups = 8;

/// Bounds of counts are whole.
std::string mean_text(const SampleSummary& s) {
  if (s.known != 0) return format_number(s.mean, s.error, measure_style(s.id));
  const Measure& m = *s.instead;
  if (m.status == analysis::Status::below_precision && s.id.ends_with("_float32"))
    return fmt::format("{}{:.0f}", m.bound == Measure::Bound::upper ? "≤" : "≥", m.value);
  return format_measure(m, measure_style(s.id));
}

std::string group_text(const analysis::ProfileSummary& profile, std::size_t first, std::size_t end) {
  double squares = 0;
  std::size_t known = 0;
  for (std::size_t t = first; t < end; ++t) {
    if (profile.known[t] == 0) continue;
    squares += profile.mean[t] * profile.mean[t];
    ++known;
  }
  if (known == 0) return fmt::format("<{:.1e}", profile.floor);
  return fmt::format("{:.3g}", std::sqrt(squares / static_cast<double>(end - first)));
}

}  // namespace

std::array<std::string, 5> summary_cells(const SampleSummary& s) {
  const bool several = s.known > 1;
  const auto end = [&](double value) {
    return several ? format_number(value, s.error, measure_style(s.id)) : "";
  };
  return {mean_text(s), several ? fmt::format("{:.2g}", s.deviation) : "", end(s.least), end(s.most),
          fmt::format("{} of {}", s.known, s.samples)};
}

std::vector<PositionGroup> position_groups(const NetworkJacobian& jacobian) {
  std::vector<const RetentionProfile*> profiles;
  for (const SampleJacobian& sample : jacobian.samples) profiles.push_back(&sample.retention);
  const auto frobenius = analysis::summarize(profiles, false), norm2 = analysis::summarize(profiles, true);
  const std::size_t count = frobenius.mean.size(), groups = std::min(most_groups, count);
  std::vector<PositionGroup> all;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t first = g * count / groups, end = (g + 1) * count / groups;
    all.push_back({first, end - 1, group_text(frobenius, first, end), group_text(norm2, first, end)});
  }
  return all;
}

}  // namespace tmm::io
