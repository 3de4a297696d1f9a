// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/index/winding.hpp"
#include "model/checkpoint/state_dict.hpp"

namespace tmm::analysis {

/// Value rounded to nearest, ties to even, as a float16 or bfloat16 store does (±∞ beyond the range).
/// Other types round to themselves (float32) or not at all (float64).
double round_to(double x, model::DType type);

/// What storing the weights in a smaller type does to the index.
struct RoundingStability {
  model::DType type = model::DType::float16;
  double change = 0;  ///< ‖rounded − w‖₂
  bool proven = false;  ///< the change alone proves that N stays: ‖δ‖₂ < index radius or ‖δ‖₁ < margin
  bool ambiguous = false;        ///< a tap lies within its error of a tie
  bool overflow = false;         ///< a weight exceeds the type's range; there is no symbol to speak of
  std::optional<Winding> after;  ///< certified count of the rounded weights, unless overflow
};

RoundingStability rounding_stability(std::span<const double> taps, const Winding& winding, model::DType type,
                                     const WindingOptions& options = {}, double rest = 0,
                                     double tap_error = 0);

/// The same for derived taps as the network computes them (`network`, as many). Proven where even taps of
/// four more units in the last place, of float32 if all are of that type, keep N: for any machine's
/// functions.
RoundingStability network_stability(std::span<const double> taps, std::span<const double> network,
                                    const Winding& winding, const WindingOptions& options = {});

}  // namespace tmm::analysis
