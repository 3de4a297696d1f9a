// SPDX-License-Identifier: MIT
#include "model/training/synthetic_tokens.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/base/random_source.hpp"

namespace tmm::model {
namespace {

// First words of the names of random sources, so that no two uses share one.
constexpr std::uint64_t grammar_source = 0x6772616d, text_source = 0x74657874;
constexpr std::size_t least_lag = 4;

/// ⌊4·(t/4)^y⌋ for uniform y, without the C library's pow: bisection of the octaves, which are equally likely
/// up to the last one, and a uniform place inside.
std::size_t draw_lag(std::size_t t, RandomSource& source) {
  const double target = source.uniform() * portable_log(static_cast<double>(t) / least_lag);
  std::size_t low = least_lag, high = t;  // ln(low/4) ≤ target; the answer is in [low, high]
  while (high > low) {
    const std::size_t middle = low + (high - low + 1) / 2;
    if (portable_log(static_cast<double>(middle) / least_lag) <= target)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

}  // namespace

std::int32_t SyntheticTokens::successor(std::int32_t token, std::uint64_t branch) const {
  RandomSource source({grammar_source, seed_, static_cast<std::uint64_t>(token), branch});
  return static_cast<std::int32_t>(source.below(vocabulary_));
}

void SyntheticTokens::draw(std::uint64_t stream, std::uint64_t sequence, std::span<std::int32_t> out) const {
  RandomSource source({text_source, seed_, stream, sequence});
  std::size_t t = 0;
  while (t < out.size()) {
    if (t >= least_lag && source.below(2) == 0) {
      const std::size_t lag = draw_lag(t, source), length = 8 + source.below(24);
      for (std::size_t i = 0; i < length && t < out.size(); ++i, ++t) out[t] = out[t - lag];
      continue;
    }
    const std::size_t length = 4 + source.below(8);
    for (std::size_t i = 0; i < length && t < out.size(); ++i, ++t) {
      if (t == 0) {
        out[t] = static_cast<std::int32_t>(source.below(vocabulary_));
        continue;
      }
      // Zeros before the first 1 of three fair bits: 0, 1, 2, 3 with probabilities ½, ¼, ⅛, ⅛.
      const auto branch = static_cast<std::uint64_t>(std::countr_zero(source.below(8) | 8U));
      out[t] = successor(out[t - 1], branch);
    }
  }
}

}  // namespace tmm::model
