// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "analysis/statistics/proportion.hpp"
#include "model/network/cross_entropy.hpp"

namespace tmm::analysis {

/// Right answers in all, by distance, and by position.
class RecallCurve {
 public:
  /// Distances first … last together.
  struct Octave {
    std::size_t first = 0, last = 0;
    AnswerShare share;
  };

  /// Losses of whole sequences of `length` positions each, with the distance of each answer (or none at all,
  /// where they are not known): positions that are not counted ask nothing.
  void add(std::span<const model::TokenLoss> losses, std::span<const std::uint32_t> distances,
           std::size_t length);

  [[nodiscard]] const AnswerShare& all() const { return all_; }
  [[nodiscard]] const std::map<std::uint32_t, AnswerShare>& by_distance() const { return by_distance_; }
  /// By powers of two: 0, 1, 2–3, 4–7, …; those without answers are left out. `first` and `last` are the
  /// distances that occur.
  [[nodiscard]] std::vector<Octave> by_octave() const;
  /// At each position of a sequence.
  [[nodiscard]] const std::vector<AnswerShare>& by_position() const { return by_position_; }

 private:
  AnswerShare all_;
  std::map<std::uint32_t, AnswerShare> by_distance_;
  std::map<unsigned, AnswerShare> by_octave_;  // by the number of binary digits of the distance
  std::vector<AnswerShare> by_position_;
};

}  // namespace tmm::analysis
