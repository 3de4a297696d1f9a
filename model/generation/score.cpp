// SPDX-License-Identifier: MIT
#include "model/generation/score.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/generation/cached_pass.hpp"
#include "model/network/cross_entropy.hpp"

namespace tmm::model {
namespace {

/// Requests with one context.
struct Group {
  const std::vector<std::int32_t>* context;
  std::vector<std::size_t> requests;
  std::size_t longest = 0;  ///< continuation
};

std::vector<Group> group_by_context(std::span<const Continuation> requests) {
  std::map<std::vector<std::int32_t>, std::size_t> places;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto [place, is_new] = places.emplace(requests[i].context, groups.size());
    if (is_new) groups.push_back({&requests[i].context, {}, 0});
    Group& group = groups[place->second];
    group.requests.push_back(i);
    group.longest = std::max(group.longest, requests[i].continuation.size());
  }
  return groups;
}

template <NetworkScalar T>
ContinuationScore score_one(CachedPass<T>& pass, std::span<const T> logits,
                            std::span<const std::int32_t> tokens) {
  ContinuationScore score{0, true};
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0) logits = pass.step(tokens[i - 1]);
    TokenLoss loss;
    cross_entropy(MatrixView<const T>(logits.data(), 1, logits.size()), &tokens[i], &loss);
    score.log_likelihood -= loss.loss;
    score.greedy = score.greedy && loss.correct;
  }
  return score;
}

template <NetworkScalar T>
void score_group(const Group& group, std::span<const Continuation> requests, CachedPass<T>& pass,
                 std::vector<ContinuationScore>& scores) {
  std::span<const T> logits = pass.start(*group.context, group.context->size() + group.longest - 1);
  for (const std::size_t i : group.requests) {
    if (i != group.requests.front()) logits = pass.rewind();
    scores[i] = score_one<T>(pass, logits, requests[i].continuation);
  }
}

}  // namespace

template <NetworkScalar T>
std::vector<ContinuationScore> score_continuations(const Tmm<T>& network,
                                                   std::span<const Continuation> requests,
                                                   std::size_t threads) {
  const Architecture& a = network.architecture;
  require_causal(a);
  for (const Continuation& request : requests) {
    if (request.continuation.empty()) throw ArgumentError("a continuation is empty");
    check_prompt(request.context, a.context, a.vocabulary);
    check_prompt(request.continuation, a.context + 1 - request.context.size(), a.vocabulary);
  }
  const std::vector<Group> groups = group_by_context(requests);
  std::vector<ContinuationScore> scores(requests.size());
  // Whole groups to each thread where there are enough of them; otherwise all threads work inside one.
  threads = std::max<std::size_t>(1, threads);
  const bool split = groups.size() >= threads;
  std::vector<std::unique_ptr<CachedPass<T>>> passes(split ? threads : 1);
  for (auto& pass : passes) pass = std::make_unique<CachedPass<T>>(network, split ? 1 : threads);
  parallel_for(groups.size(), passes.size(), [&](std::size_t i, std::size_t worker) {
    score_group(groups[i], requests, *passes[worker], scores);
  });
  return scores;
}

template std::vector<ContinuationScore> score_continuations(const Tmm<float>&, std::span<const Continuation>,
                                                            std::size_t);
template std::vector<ContinuationScore> score_continuations(const Tmm<double>&, std::span<const Continuation>,
                                                            std::size_t);

}  // namespace tmm::model
