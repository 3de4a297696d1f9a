// SPDX-License-Identifier: MIT
#include "analysis/repair/repair.hpp"

#include <string>

#include "analysis/symbol/zeros.hpp"
#include "model/base/error.hpp"

namespace tmm::analysis {

Repair repair(std::span<const double> taps, const RepairTarget& target, std::uint64_t stream) {
  Repair result;
  result.before = winding_number(taps);
  if (result.before.status == IndexStatus::undecided)
    throw ArgumentError("the index could not be decided, so its zeros cannot be told apart either");
  const bool known = result.before.status == IndexStatus::certified;
  const auto number = static_cast<long>(result.before.number);
  result.reflection.taps.assign(taps.begin(), taps.end());
  if (known && number == 0 && target.kind == RepairTarget::Kind::minimum_phase) return result;

  const ReflectableZeros zeros = reflectable_zeros(symbol_zeros(taps), known ? number : -1);
  if (known && (static_cast<std::size_t>(number) < zeros.inside ||
                static_cast<std::size_t>(number) > zeros.inside + zeros.on_circle))
    throw ArgumentError(
        "the zeros that were found do not add up to the index",
        {"", "", std::to_string(number) + " of them in the disc", std::to_string(zeros.inside), ""});
  result.on_circle = zeros.on_circle;
  const auto chosen = choose_reflections(taps, zeros, target, stream);
  for (const ReflectableZero& zero : chosen) (zero.inside ? result.outward : result.inward) += zero.count();
  if (!chosen.empty()) result.reflection = reflect(taps, chosen);
  return result;
}

}  // namespace tmm::analysis
