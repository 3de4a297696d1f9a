// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "model/base/error.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::model {

/// The error of a file in which no Toeplitz weight stands where it should: lists what was found, and says
/// where layers were seen (below several names, in the steps of a trajectory) or what stands in place of a
/// weight.
FormatError no_toeplitz_layer(std::span<const TensorInfo> tensors, const std::string& source);

}  // namespace tmm::model
