// SPDX-License-Identifier: MIT
#pragma once

#include "analysis/index/winding.hpp"
#include "model/checkpoint/layer_operator.hpp"

namespace tmm::analysis {

/// N of a layer's symbol for the real numbers that its taps mean: winding_number, with what rounding left of
/// w_0 (rest), and carry_tap_error. A dense layer has IndexStatus::no_symbol. Throws as winding_number does.
Winding layer_winding(const model::LayerOperator& layer, const WindingOptions& options = {});

}  // namespace tmm::analysis
