// SPDX-License-Identifier: MIT
#include "analysis/statistics/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <thread>
#include <utility>

#include "analysis/index/layer_winding.hpp"
#include "model/base/parallel.hpp"
#include "model/checkpoint/layer_label.hpp"

namespace tmm::analysis {

double TracedIndex::fraction() const {
  if (winding.status != IndexStatus::certified || n < 2) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(winding.number) / static_cast<double>(n - 1);
}

Trajectory trace(std::string label, std::span<const RecordedStep> steps, int threads) {
  Trajectory trajectory{std::move(label), {}};
  std::vector<std::pair<TracedIndex*, const model::LayerOperator*>> work;
  for (const RecordedStep& recorded : steps) {
    Trajectory::Point point{recorded.step, {}};
    for (const model::LayerOperator& layer : recorded.layers)
      point.operators.push_back({model::layer_label(layer), model::order(layer), {}});
    trajectory.points.push_back(std::move(point));
  }
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (std::size_t j = 0; j < steps[i].layers.size(); ++j)
      work.emplace_back(&trajectory.points[i].operators[j], &steps[i].layers[j]);
  std::vector<std::exception_ptr> errors(work.size());
  const std::size_t workers =
      threads > 0 ? static_cast<std::size_t>(threads) : std::max(1U, std::thread::hardware_concurrency());
  model::parallel_for(work.size(), workers, [&](std::size_t i, std::size_t) {
    try {
      work[i].first->winding = layer_winding(*work[i].second);
    } catch (...) {
      errors[i] = std::current_exception();
    }
  });
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
  std::ranges::sort(trajectory.points, {}, &Trajectory::Point::step);
  return trajectory;
}

std::vector<TrajectoryBand> bands(std::span<const Trajectory> group) {
  std::map<std::uint64_t, std::pair<std::size_t, std::vector<double>>> steps;
  for (const Trajectory& trajectory : group)
    for (const Trajectory::Point& point : trajectory.points) {
      auto& [models, fractions] = steps[point.step];
      ++models;
      for (const TracedIndex& index : point.operators)
        if (const double fraction = index.fraction(); !std::isnan(fraction)) fractions.push_back(fraction);
    }
  std::vector<TrajectoryBand> result;
  for (auto& [step, values] : steps)
    if (!values.second.empty())
      result.push_back({step, values.first, Distribution::of(std::move(values.second))});
  return result;
}

}  // namespace tmm::analysis
