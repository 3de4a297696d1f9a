// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/index/winding.hpp"
#include "analysis/statistics/trajectory.hpp"

namespace tmm::io {

/// An operator along a trajectory, at the steps that a page shows.
struct SteppedOperator {
  struct At {
    std::uint64_t step = 0;
    analysis::Winding winding;
    std::vector<double> taps;
  };
  std::string layer;  ///< label
  std::vector<At> steps;
};

/// What a page needs for the symbol curves and zeros of a trajectory; no other output has them.
struct StepCurves {
  std::string file;
  std::size_t recorded = 0;          ///< steps of the trajectory
  std::vector<std::uint64_t> steps;  ///< those that are shown, ascending
  std::vector<SteppedOperator> operators;
  std::size_t left_out = 0;  ///< operators beyond the size of a page

  /// There is something to slide along.
  [[nodiscard]] bool shown() const { return steps.size() > 1 && !operators.empty(); }
};

/// At most 12 of the steps, ascending: the first, the last and evenly between; fewer where all operators at
/// 12 steps have more than 2^18 weights, at least two.
std::vector<analysis::RecordedStep> shown_steps(std::vector<analysis::RecordedStep> steps);

/// The operators at `shown` steps with their certified indices from `trajectory`, which has these steps among
/// its points; `recorded`: how many there are. As many operators as have 2^18 weights together; dense ones,
/// which have no symbol, are not among them.
StepCurves step_curves(const analysis::Trajectory& trajectory, std::span<const analysis::RecordedStep> shown,
                       std::size_t recorded);

/// Elements (id, JSON text) of trajectory number k of a page:
///   steps-K    {"file", "recorded", "steps": [STEP, …], "left_out", "operators": [LABEL, …]}
///   steps-K-J  of its operator J: [{"step", "status", "number", "margin", "taps", "zeros"}, …]. taps are
///   exact
///              (packed_taps); zeros are {"re", "im" (f4), "inside", "outside"}: those with im ≥ 0, first
///              those inside the unit circle with their discs, then those outside, then those too near to
///              tell; null where an analysis would not compute them either.
std::vector<std::pair<std::string, std::string>> step_elements(const StepCurves& curves, std::size_t k);

}  // namespace tmm::io
