// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/repair/reflection.hpp"

namespace tmm::analysis {

/// Which operator with the same |a| on the circle is asked for.
struct RepairTarget {
  enum class Kind {
    minimum_phase,  ///< no zero inside: N = 0
    maximum_phase,  ///< no zero outside
    index,          ///< exactly `inner` zeros inside, by the reflections that change the operator least
    random          ///< as many reflected as minimum phase takes, drawn among all: the null of the other ones
  } kind = Kind::minimum_phase;
  std::size_t inner = 0;   ///< for `index`
  std::uint64_t seed = 1;  ///< for `random`
};

/// "minimum-phase", "maximum-phase", "index=3", "random". Throws ArgumentError for anything else.
RepairTarget parse_target(std::string_view text);
std::string name(const RepairTarget& target);

/// The zeros to reflect.
///
/// index: reflections in one direction and, where that leaves an odd number to be settled by pairs, one real
/// zero the other way; those with the least sum of reflection_costs(), which adds up what each would change
/// alone. Of a real symbol all may come in pairs: throws ArgumentError naming what can be had where no choice
/// gives `inner`.
/// random: drawn without replacement until as many as there are inside; one fewer where only pairs are left
/// for the last one. `stream` tells operators of one seed apart.
std::vector<ReflectableZero> choose_reflections(std::span<const double> taps, const ReflectableZeros& zeros,
                                                const RepairTarget& target, std::uint64_t stream = 0);

}  // namespace tmm::analysis
