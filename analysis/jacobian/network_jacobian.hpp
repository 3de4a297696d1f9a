// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/jacobian/sample_jacobian.hpp"

namespace tmm::analysis {

/// A measure over samples.
struct SampleSummary {
  std::string id;
  std::size_t samples = 0;  ///< all
  std::size_t known = 0;    ///< in which it is a number; the four below are of these
  double mean = 0, deviation = 0, least = 0, most = 0;  ///< deviation: n − 1 in the denominator; NaN for one
  double error = 0;                                     ///< the largest error of one of them
  std::string method;                                   ///< of the first of them
  /// Where it is no number in any sample: what it is in all of them, of bounds the weakest.
  std::optional<Measure> instead;
};

/// A retention profile over samples, by position.
struct ProfileSummary {
  std::vector<std::size_t> known;       ///< samples in which it is above its floor
  std::vector<double> mean, deviation;  ///< over these; NaN where there are none (or one)
  double floor = 0;                     ///< the largest of all samples
};

/// The derivative of a network at several sequences of one length.
struct NetworkJacobian {
  JacobianShape shape;
  JacobianOptions options;
  std::vector<SampleJacobian> samples;
};

/// Sequences of `length` tokens each, one after the other; progress(done) after each. Throws as
/// sample_jacobian and jacobian_shape do.
NetworkJacobian network_jacobian(const model::Tmm<double>& network, std::span<const std::int32_t> ids,
                                 std::size_t length, const JacobianOptions& options,
                                 const std::function<void(std::size_t)>& progress = {});

SampleSummary summarize(const std::string& id, std::span<const Measure> samples);
ProfileSummary summarize(std::span<const RetentionProfile* const> samples, bool norm2);

/// The measures of a map over samples: get(sample) is the map's spectrum.
template <class Get>
std::vector<SampleSummary> summarize_maps(const NetworkJacobian& jacobian, const Get& get) {
  std::vector<SampleSummary> summaries;
  for (const std::string& id : map_measures()) {
    std::vector<Measure> values;
    for (const SampleJacobian& sample : jacobian.samples) values.push_back(get(sample).at(id));
    summaries.push_back(summarize(id, values));
  }
  return summaries;
}

}  // namespace tmm::analysis
