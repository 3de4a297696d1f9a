// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tmm::model {

/// How the learning rate falls after the warm-up.
enum class Decay { linear, cosine, constant };

std::string_view name(Decay decay);
/// "linear", "cosine" or "constant"; nothing for any other text.
std::optional<Decay> parse_decay(std::string_view text);

/// Learning rate of step s = 1 … S with W warm-up steps:
///   s ≤ W   peak · s/W
///   s > W   peak · (1 − x)             linear
///           peak · (1 + cos πx)/2      cosine     x = (s − W)/(S + 1 − W), so that the last step still
///           learns peak                       constant
/// A function of the step alone: a run in pieces has the same rates as one without a break.
struct Schedule {
  double peak = 2e-3;
  std::uint64_t warmup = 200;  ///< W ≤ S
  std::uint64_t steps = 4000;  ///< S
  Decay decay = Decay::linear;

  [[nodiscard]] double rate(std::uint64_t step) const;
};

}  // namespace tmm::model
