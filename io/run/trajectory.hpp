// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics/trajectory.hpp"
#include "io/checkpoint/checkpoint.hpp"

namespace tmm::io {

/// Whether a file holds Toeplitz weights by training step: every tensor is named STEP.NAME (HDF5: a group for
/// each step, /STEP/NAME), STEP a decimal number.
bool is_trajectory(const CheckpointHeader& header);

/// The operators of every recorded step, in ascending order of steps. Throws FileError and FormatError as
/// read_checkpoint does, and for a file that is no trajectory.
std::vector<analysis::RecordedStep> read_trajectory(const std::string& path);

}  // namespace tmm::io
