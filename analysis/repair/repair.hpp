// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/index/winding.hpp"
#include "analysis/repair/reflection_choice.hpp"

namespace tmm::analysis {

/// An operator with the same |a| on the unit circle and other zeros.
struct Repair {
  Winding before;
  std::size_t outward = 0, inward = 0;  ///< zeros reflected out of the disc, and into it
  std::size_t on_circle = 0;            ///< zeros on the circle, or not to be told from it: left
  Reflection reflection;  ///< its taps are the given ones, bit for bit, where nothing is reflected
};

/// Reflects the zeros that `target` asks for. What becomes of the index must be asked of the taps as they are
/// stored in the end: winding_number() of them. Throws ArgumentError for no taps or one that is not finite,
/// the zero operator, an index that cannot be had, zeros that are not known well enough: `before` undecided,
/// or zeros that do not add up to the certified index.
Repair repair(std::span<const double> taps, const RepairTarget& target, std::uint64_t stream = 0);

}  // namespace tmm::analysis
