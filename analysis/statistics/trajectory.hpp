// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "analysis/index/winding.hpp"
#include "analysis/statistics/comparison.hpp"
#include "model/checkpoint/layer_operator.hpp"

namespace tmm::analysis {

/// The Toeplitz operators of a model at one step of its training.
struct RecordedStep {
  std::uint64_t step = 0;
  std::vector<model::LayerOperator> layers;
};

/// Index of one operator at one step.
struct TracedIndex {
  std::string layer;  ///< label
  std::size_t n = 0;
  Winding winding;

  /// N/(n−1); NaN unless the index is certified and n > 1.
  [[nodiscard]] double fraction() const;
};

/// How the indices of a model have moved, in ascending order of steps.
struct Trajectory {
  struct Point {
    std::uint64_t step = 0;
    std::vector<TracedIndex> operators;
  };
  std::string label;
  std::vector<Point> points;
  /// What a trainer has logged beside it, by name (train_loss, validation_loss, …) and step; NaN where it
  /// logged no number.
  std::map<std::string, std::map<std::uint64_t, double>> logged = {};
};

/// Certified winding numbers of all recorded steps, on up to `threads` threads (0: as many as OpenMP offers).
/// Throws ArgumentError as winding_number does.
Trajectory trace(std::string label, std::span<const RecordedStep> steps, int threads = 0);

/// N/(n−1) over all operators of a group's trajectories at a step that at least one of them has recorded.
struct TrajectoryBand {
  std::uint64_t step = 0;
  std::size_t models = 0;  ///< trajectories that have recorded this step
  Distribution fraction;
};

/// One band for every step with a certified index, ascending.
std::vector<TrajectoryBand> bands(std::span<const Trajectory> group);

}  // namespace tmm::analysis
