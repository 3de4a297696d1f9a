// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/network/tmm.hpp"

namespace tmm::model {

/// What an evaluation harness asks of a model: how probable is it that `context` goes on with `continuation`?
struct Continuation {
  std::vector<std::int32_t> context, continuation;
};

struct ContinuationScore {
  double log_likelihood =
      0;                ///< Σ ln softmax(logits)[token] over the continuation, in nats; NaN after overflow
  bool greedy = false;  ///< every token of it has the largest logit, the first of equals
};

/// One score for each request, in their order. Requests with the same context share one pass over it. Throws
/// ArgumentError for a network that is no causal language model, an empty context or continuation, both
/// together longer than n + 1 (the last token is not read), and an id outside [0, v).
template <NetworkScalar T>
std::vector<ContinuationScore> score_continuations(const Tmm<T>& network,
                                                   std::span<const Continuation> requests,
                                                   std::size_t threads);

extern template std::vector<ContinuationScore> score_continuations(const Tmm<float>&,
                                                                   std::span<const Continuation>,
                                                                   std::size_t);
extern template std::vector<ContinuationScore> score_continuations(const Tmm<double>&,
                                                                   std::span<const Continuation>,
                                                                   std::size_t);

}  // namespace tmm::model
