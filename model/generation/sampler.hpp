// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/base/matrix_view.hpp"
#include "model/base/random_source.hpp"

namespace tmm::model {

/// How the next token is drawn from logits x (v).
struct Sampling {
  double temperature = 0;  ///< T ≥ 0: p ∝ e^{x/T}; 0: the largest logit, the first of equals
  std::size_t top_k = 0;   ///< of these only the k most probable tokens; 0: all
  double top_p = 1;  ///< of these only the fewest most probable ones whose shares add up to P, 0 < P ≤ 1
  std::uint64_t seed = 0;
};

/// A token and ln softmax(x) of it: the network's own probability, whatever temperature and cuts it was drawn
/// under.
struct Choice {
  std::int32_t id = 0;
  double log_probability = 0;
};

/// Draws tokens, one number of RandomSource each: the same for one seed on every machine that gives the same
/// logits. Of equal logits at the edge of a cut those with smaller ids stay.
class Sampler {
 public:
  /// Throws ArgumentError unless T ≥ 0 and finite, 0 < P ≤ 1 and v ≥ 1.
  Sampler(const Sampling& sampling, std::size_t vocabulary);

  /// Takes no memory. Nothing where a logit is NaN or the largest one infinite: the network has overflowed.
  template <NetworkScalar T>
  std::optional<Choice> choose(std::span<const T> logits);

 private:
  template <NetworkScalar T>
  std::int32_t draw(std::span<const T> logits, T largest);
  /// How many tokens, in order_, may be drawn.
  template <NetworkScalar T>
  std::size_t cut(std::span<const T> logits);

  Sampling sampling_;
  RandomSource random_;
  std::vector<double> weights_;      // of each id, up to a factor
  std::vector<std::int32_t> order_;  // ids, most probable first where there are cuts
};

extern template std::optional<Choice> Sampler::choose(std::span<const float>);
extern template std::optional<Choice> Sampler::choose(std::span<const double>);

}  // namespace tmm::model
