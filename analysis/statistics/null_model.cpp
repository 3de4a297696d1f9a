// SPDX-License-Identifier: MIT
#include "analysis/statistics/null_model.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "model/base/error.hpp"

namespace tmm::analysis {
namespace {

bool is_number(const Measure& measure) {
  return (measure.status == Status::certified || measure.status == Status::numerical) &&
         std::isfinite(measure.value);
}

model::LayerOperator fresh_layer(std::size_t n, std::uint64_t seed, std::size_t draw,
                                 const model::NullModel& null) {
  std::seed_seq sequence{seed, seed >> 32, static_cast<std::uint64_t>(n), static_cast<std::uint64_t>(draw)};
  std::mt19937_64 generator(sequence);
  std::normal_distribution<double> normal(0, null.deviation(n));
  model::LayerOperator layer;
  layer.name = "null draw " + std::to_string(draw);
  for (std::size_t k = 0; k < n; ++k) layer.taps.push_back(null.tap(static_cast<float>(normal(generator))));
  return layer;
}

}  // namespace

NullSample draw_null_sample(std::size_t n, std::size_t draws, std::uint64_t seed,
                            const AnalyzeOptions& options, int threads, const model::NullModel& null,
                            bool residual, const Progress& progress) {
  if (n == 0) throw ArgumentError("a null model needs at least one weight");
  if (!null.without.empty()) throw ArgumentError("there is no null model", {"", "", "", null.without, ""});
  AnalyzeOptions plain = options;
  plain.sections.clear();
  plain.keep_arrays = false;
  std::vector<model::LayerOperator> layers;
  for (std::size_t draw = 0; draw < draws; ++draw) layers.push_back(fresh_layer(n, seed, draw, null));
  if (residual)
    for (model::LayerOperator& layer : layers) model::add_identity(layer);
  NullSample sample{n, draws, seed, {}};
  for (const OperatorReport& report : analyze_all(layers, plain, threads, progress))
    for (const auto& [id, measure] : report.measures)
      if (is_number(measure)) sample.values[id].push_back(measure.value);
  return sample;
}

std::vector<NullComparison> compare_with_null(const OperatorReport& report, const NullSample& sample) {
  if (report.layer.taps.size() != sample.length)
    throw ArgumentError(
        "a null sample of another length",
        {"", report.layer.name, std::to_string(report.layer.taps.size()), std::to_string(sample.length), ""});
  std::vector<NullComparison> comparisons;
  for (const auto& [id, measure] : report.measures) {
    const auto drawn = sample.values.find(id);
    if (!is_number(measure) || drawn == sample.values.end() || drawn->second.size() < 2) continue;
    const std::vector<double>& values = drawn->second;
    const auto count = static_cast<double>(values.size());
    NullComparison comparison;
    comparison.id = id;
    comparison.draws = values.size();
    for (const double x : values) comparison.mean += x / count;
    double squares = 0, below = 0;
    for (const double x : values) {
      squares += (x - comparison.mean) * (x - comparison.mean);
      below += x < measure.value ? 1 : (x == measure.value ? 0.5 : 0);
    }
    comparison.deviation = std::sqrt(squares / (count - 1));
    // Equal draws: rounding leaves a deviation of 1e-17, which is no scale to measure anything by. Condition
    // numbers beyond 1e154: their squares overflow.
    const bool spread =
        std::isfinite(comparison.deviation) && comparison.deviation > 1e-12 * std::fabs(comparison.mean);
    if (spread) comparison.z_score = (measure.value - comparison.mean) / comparison.deviation;
    comparison.rank = below / count;
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

}  // namespace tmm::analysis
