// SPDX-License-Identifier: MIT
#include "analysis/statistics/recall_curve.hpp"

#include <bit>

namespace tmm::analysis {
namespace {

/// Answers of one sequence.
struct Tally {
  std::uint64_t answers = 0, correct = 0;
  void add(bool right) {
    ++answers;
    correct += right ? 1U : 0U;
  }
};

template <class Key>
void add_tallies(const std::map<Key, Tally>& tallies, std::map<Key, AnswerShare>& shares) {
  for (const auto& [key, tally] : tallies) shares[key].add(tally.answers, tally.correct);
}

}  // namespace

void RecallCurve::add(std::span<const model::TokenLoss> losses, std::span<const std::uint32_t> distances,
                      std::size_t length) {
  if (by_position_.size() < length) by_position_.resize(length);
  for (std::size_t start = 0; start + length <= losses.size(); start += length) {
    Tally all;
    std::map<std::uint32_t, Tally> at_distance;
    std::map<unsigned, Tally> in_octave;
    for (std::size_t t = 0; t < length; ++t) {
      const model::TokenLoss& token = losses[start + t];
      if (!token.counted) continue;
      all.add(token.correct);
      by_position_[t].add(1, token.correct ? 1 : 0);
      if (distances.empty()) continue;
      const std::uint32_t distance = distances[start + t];
      at_distance[distance].add(token.correct);
      in_octave[static_cast<unsigned>(std::bit_width(distance))].add(token.correct);
    }
    all_.add(all.answers, all.correct);
    add_tallies(at_distance, by_distance_);
    add_tallies(in_octave, by_octave_);
  }
}

std::vector<RecallCurve::Octave> RecallCurve::by_octave() const {
  std::vector<Octave> octaves;
  for (const auto& [digits, share] : by_octave_) octaves.push_back({0, 0, share});
  std::size_t i = 0;
  for (auto octave = by_octave_.begin(); octave != by_octave_.end(); ++octave, ++i) {
    const std::uint64_t end = std::uint64_t{1} << octave->first;  // distances are below it
    auto last =
        by_distance_.lower_bound(static_cast<std::uint32_t>(std::min<std::uint64_t>(end, UINT32_MAX)));
    octaves[i].first = by_distance_.lower_bound(static_cast<std::uint32_t>(end / 2))->first;
    octaves[i].last = std::prev(last)->first;
  }
  return octaves;
}

}  // namespace tmm::analysis
