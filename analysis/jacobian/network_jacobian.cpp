// SPDX-License-Identifier: MIT
#include "analysis/jacobian/network_jacobian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

/// Mean and sample standard deviation.
std::pair<double, double> moments(const std::vector<double>& values) {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) return {unknown, unknown};
  double sum = 0, squares = 0;
  for (const double x : values) sum += x;
  const double mean = sum / static_cast<double>(values.size());
  for (const double x : values) squares += (x - mean) * (x - mean);
  if (values.size() == 1) return {mean, unknown};
  return {mean, std::sqrt(squares / static_cast<double>(values.size() - 1))};
}

}  // namespace

NetworkJacobian network_jacobian(const model::Tmm<double>& network, std::span<const std::int32_t> ids,
                                 std::size_t length, const JacobianOptions& options,
                                 const std::function<void(std::size_t)>& progress) {
  NetworkJacobian jacobian{jacobian_shape(network, length, options), options, {}};
  for (std::size_t first = 0; first + length <= ids.size(); first += length) {
    jacobian.samples.push_back(sample_jacobian(network, ids.subspan(first, length), options));
    if (progress) progress(jacobian.samples.size());
  }
  if (jacobian.samples.empty()) throw ArgumentError("a derivative needs a sequence");
  return jacobian;
}

SampleSummary summarize(const std::string& id, std::span<const Measure> samples) {
  SampleSummary summary;
  summary.id = id;
  summary.samples = samples.size();
  std::vector<double> values;
  for (const Measure& m : samples) {
    if ((m.status != Status::numerical && m.status != Status::certified) || !std::isfinite(m.value)) continue;
    if (values.empty()) summary.method = m.method;
    values.push_back(m.value);
    summary.error = std::max(summary.error, m.error);
  }
  summary.known = values.size();
  std::tie(summary.mean, summary.deviation) = moments(values);
  if (!values.empty()) {
    const auto [least, most] = std::ranges::minmax(values);
    summary.least = least, summary.most = most;
    return summary;
  }
  summary.least = summary.most = summary.mean;
  for (const Measure& m : samples) {
    if (!summary.instead) {
      summary.instead = m;
    } else if (m.status != summary.instead->status) {
      summary.instead = Measure::undecided("known in different ways");
      break;
    } else if (m.status == Status::below_precision &&
               (m.bound == Measure::Bound::upper) == (m.value > summary.instead->value)) {
      summary.instead = m;
    }
  }
  return summary;
}

ProfileSummary summarize(std::span<const RetentionProfile* const> samples, bool norm2) {
  ProfileSummary summary;
  const auto values_of = [norm2](const RetentionProfile& p) -> const std::vector<double>& {
    return norm2 ? p.norm2 : p.frobenius;
  };
  for (const RetentionProfile* profile : samples) summary.floor = std::max(summary.floor, profile->floor);
  for (std::size_t t = 0; !samples.empty() && t < values_of(*samples.front()).size(); ++t) {
    std::vector<double> values;
    for (const RetentionProfile* profile : samples)
      if (const double value = values_of(*profile)[t]; value > profile->floor) values.push_back(value);
    const auto [mean, deviation] = moments(values);
    summary.known.push_back(values.size());
    summary.mean.push_back(mean);
    summary.deviation.push_back(deviation);
  }
  return summary;
}

}  // namespace tmm::analysis
