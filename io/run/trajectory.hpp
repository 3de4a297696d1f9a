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
/// read_checkpoint and toeplitz_layers do, and for a file that is no trajectory. Under
/// Contradictions::assume_toeplitz `found` receives those of the first step that has any.
std::vector<analysis::RecordedStep> read_trajectory(const std::string& path,
                                                    const model::Assumptions& assumptions = {},
                                                    std::vector<model::Contradiction>* found = nullptr);

}  // namespace tmm::io
