// SPDX-License-Identifier: MIT
#include "model/generation/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/base/error.hpp"
#include "model/network/cross_entropy.hpp"

namespace tmm::model {

Sampler::Sampler(const Sampling& sampling, std::size_t vocabulary)
    : sampling_(sampling), random_({sampling.seed}), weights_(vocabulary), order_(vocabulary) {
  if (!(sampling.temperature >= 0) || std::isinf(sampling.temperature))
    throw ArgumentError(
        "tokens are drawn at a temperature",
        {"", "", "0 or more", std::to_string(sampling.temperature), "0 takes the most probable token"});
  if (!(sampling.top_p > 0 && sampling.top_p <= 1))
    throw ArgumentError("tokens are drawn from a share of the probability",
                        {"", "", "more than 0, at most 1", std::to_string(sampling.top_p), ""});
  if (vocabulary == 0) throw ArgumentError("tokens are drawn from a vocabulary of at least one");
}

template <NetworkScalar T>
std::optional<Choice> Sampler::choose(std::span<const T> logits) {
  const auto best = std::max_element(logits.begin(), logits.end());
  const auto first = static_cast<std::int32_t>(best - logits.begin());
  const std::int32_t id = sampling_.temperature == 0 || !std::isfinite(*best) ? first : draw(logits, *best);
  TokenLoss loss;
  cross_entropy(MatrixView<const T>(logits.data(), 1, logits.size()), &id, &loss);
  if (!std::isfinite(loss.loss)) return std::nullopt;
  return Choice{id, -loss.loss};
}

template <NetworkScalar T>
std::int32_t Sampler::draw(std::span<const T> logits, T largest) {
  for (std::size_t j = 0; j < logits.size(); ++j)
    weights_[j] =
        std::exp((static_cast<double>(logits[j]) - static_cast<double>(largest)) / sampling_.temperature);
  std::iota(order_.begin(), order_.end(), 0);
  const std::size_t count = cut(logits);
  const auto weight = [&](std::size_t i) { return weights_[static_cast<std::size_t>(order_[i])]; };
  double total = 0;
  for (std::size_t i = 0; i < count; ++i) total += weight(i);
  double left = random_.uniform() * total;
  std::size_t chosen = 0;  // the last one that has any probability, where rounding leaves something over
  for (std::size_t i = 0; i < count; ++i) {
    if (!(weight(i) > 0)) continue;
    chosen = i;
    left -= weight(i);
    if (left < 0) break;
  }
  return order_[chosen];
}

template <NetworkScalar T>
std::size_t Sampler::cut(std::span<const T> logits) {
  const std::size_t v = order_.size();
  const std::size_t kept = sampling_.top_k == 0 ? v : std::min(sampling_.top_k, v);
  if (kept == v && sampling_.top_p == 1) return v;
  const auto more_probable = [&](std::int32_t a, std::int32_t b) {
    const T x = logits[static_cast<std::size_t>(a)], y = logits[static_cast<std::size_t>(b)];
    return x != y ? x > y : a < b;
  };
  std::partial_sort(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(kept), order_.end(),
                    more_probable);
  if (sampling_.top_p == 1) return kept;
  double total = 0, sum = 0;
  for (std::size_t i = 0; i < kept; ++i) total += weights_[static_cast<std::size_t>(order_[i])];
  for (std::size_t i = 0; i < kept; ++i) {
    sum += weights_[static_cast<std::size_t>(order_[i])];
    if (sum >= sampling_.top_p * total) return i + 1;
  }
  return kept;
}

template std::optional<Choice> Sampler::choose(std::span<const float>);
template std::optional<Choice> Sampler::choose(std::span<const double>);

}  // namespace tmm::model
