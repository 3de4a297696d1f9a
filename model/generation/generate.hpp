// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/generation/sampler.hpp"
#include "model/network/tmm.hpp"

namespace tmm::model {

struct GenerationSettings {
  std::size_t count = 1;  ///< tokens to draw
  Sampling sampling;
  /// Whether caches are kept; otherwise every token costs a pass over all tokens before it.
  bool cached = true;
  /// Whether a sequence goes on beyond n, by whole passes over its last n tokens: positions then start anew
  /// at every token, and no cache fits.
  bool window = false;
  std::size_t threads = 1;
};

/// What came of it. Times are of passes and drawing, without `take`.
struct Generation {
  std::vector<Choice> tokens;  ///< fewer than asked for where logits were not finite
  bool overflow = false;       ///< they were: the network's numbers have left the range of T
  double prefill_seconds = 0;  ///< until the logits behind the prompt were there
  double further_seconds = 0;  ///< of the tokens behind the first one
  /// Tokens behind the first one over the seconds they took; NaN if there are none.
  [[nodiscard]] double tokens_per_second() const;
};

/// Goes on with `prompt`: logits, a choice, take(choice), and the same again with the chosen token at the
/// end. The last token is not read, so prompt and tokens together may be n + 1. Throws ArgumentError for a
/// network that is no causal language model, an empty prompt, a prompt of more than n tokens and a sequence
/// that would become longer than n + 1 (both only without `window`), an id outside [0, v), and as Sampler
/// does.
template <NetworkScalar T>
Generation generate(const Tmm<T>& network, std::span<const std::int32_t> prompt,
                    const GenerationSettings& settings, const std::function<void(const Choice&)>& take = {});

/// Throws what generate throws before it begins.
void check_generation(const Architecture& architecture, std::span<const std::int32_t> prompt,
                      const GenerationSettings& settings);

extern template Generation generate(const Tmm<float>&, std::span<const std::int32_t>,
                                    const GenerationSettings&, const std::function<void(const Choice&)>&);
extern template Generation generate(const Tmm<double>&, std::span<const std::int32_t>,
                                    const GenerationSettings&, const std::function<void(const Choice&)>&);

}  // namespace tmm::model
