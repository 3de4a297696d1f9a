// SPDX-License-Identifier: MIT
#include "model/training/learning_rate.hpp"

#include <cmath>
#include <numbers>

namespace tmm::model {

std::string_view name(Decay decay) {
  switch (decay) {
    case Decay::linear:
      return "linear";
    case Decay::cosine:
      return "cosine";
    case Decay::constant:
      return "constant";
  }
  return "?";
}

std::optional<Decay> parse_decay(std::string_view text) {
  for (const Decay decay : {Decay::linear, Decay::cosine, Decay::constant})
    if (text == name(decay)) return decay;
  return std::nullopt;
}

double Schedule::rate(std::uint64_t step) const {
  if (step <= warmup) return peak * static_cast<double>(step) / static_cast<double>(warmup);
  const double x = static_cast<double>(step - warmup) / static_cast<double>(steps + 1 - warmup);
  switch (decay) {
    case Decay::linear:
      return peak * (1 - x);
    case Decay::cosine:
      return peak * (1 + std::cos(std::numbers::pi * x)) / 2;
    case Decay::constant:
      break;
  }
  return peak;
}

}  // namespace tmm::model
