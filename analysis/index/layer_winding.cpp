// SPDX-License-Identifier: MIT
#include "analysis/index/layer_winding.hpp"

#include <cmath>
#include <limits>

#include "analysis/index/winding_tap_error.hpp"

namespace tmm::analysis {

Winding layer_winding(const model::LayerOperator& layer, const WindingOptions& options) {
  Winding winding;
  if (layer.kind == model::OperatorKind::dense_causal) {
    winding.status = IndexStatus::no_symbol;
    winding.reason = "a dense causal matrix, not Toeplitz: it has no symbol";
    winding.lowest = 0, winding.highest = -1;
    winding.margin = winding.radius = std::numeric_limits<double>::quiet_NaN();
    winding.closest_theta = winding.margin;
    winding.margin_upper = HUGE_VAL;
    return winding;
  }
  winding = winding_number(layer.taps, options, layer.rest);
  carry_tap_error(winding, layer.tap_error_l1, layer.taps.size());
  return winding;
}

}  // namespace tmm::analysis
