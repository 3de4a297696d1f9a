// SPDX-License-Identifier: MIT
#include "model/generation/generate.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>

#include "model/base/error.hpp"
#include "model/generation/cached_pass.hpp"
#include "model/generation/whole_pass.hpp"

namespace tmm::model {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* window_hint = "A window goes on with the last n tokens (--window)";

// A window may be asked for more tokens than there is memory for.
constexpr std::size_t most_reserved = std::size_t{1} << 16;

/// Positions that are needed for `count` tokens behind a prompt: the last one is not read.
std::size_t capacity_for(std::size_t context, std::size_t prompt, std::size_t count) {
  return std::min(context, prompt + std::min(count, context) - 1);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A sequence that grows, and its logits: cached as long as it fits, by whole passes otherwise.
template <NetworkScalar T>
class GrowingSequence {
 public:
  GrowingSequence(const Tmm<T>& network, std::span<const std::int32_t> prompt,
                  const GenerationSettings& settings)
      : network_(network),
        threads_(settings.threads),
        capacity_(capacity_for(network.architecture.context, prompt.size(), settings.count)),
        ids_(prompt.begin(), prompt.end()) {
    ids_.reserve(prompt.size() + std::min(settings.count, most_reserved));
    if (settings.cached && prompt.size() <= capacity_) cache_.emplace(network, settings.threads);
  }

  std::span<const T> first_logits() { return cache_ ? cache_->start(ids_, capacity_) : whole(); }

  std::span<const T> next_logits(std::int32_t id) {
    ids_.push_back(id);
    return cache_ && ids_.size() <= capacity_ ? cache_->step(id) : whole();
  }

 private:
  std::span<const T> whole() {
    if (!whole_) whole_.emplace(network_, capacity_, threads_);
    return whole_->logits(std::span(ids_).last(std::min(capacity_, ids_.size())));
  }

  const Tmm<T>& network_;
  std::size_t threads_, capacity_;
  std::vector<std::int32_t> ids_;
  std::optional<CachedPass<T>> cache_;
  std::optional<WholePass<T>> whole_;
};

}  // namespace

void check_generation(const Architecture& a, std::span<const std::int32_t> prompt,
                      const GenerationSettings& settings) {
  require_causal(a);
  if (settings.count == 0) throw ArgumentError("no tokens are asked for", {"", "", "1 or more", "0", ""});
  const std::size_t n = a.context, longest = settings.window ? prompt.size() : n;
  if (prompt.size() > longest)
    throw ArgumentError(
        "the prompt is longer than the network's context",
        {"", "", "at most " + std::to_string(n) + " tokens", std::to_string(prompt.size()), window_hint});
  check_prompt(prompt, longest, a.vocabulary);
  if (!settings.window && settings.count > n + 1 - prompt.size())
    throw ArgumentError(
        "the sequence would become longer than the network's context",
        {"", "", "at most " + std::to_string(n + 1 - prompt.size()) + " tokens behind this prompt",
         std::to_string(settings.count), window_hint});
}

double Generation::tokens_per_second() const {
  return tokens.size() < 2 ? std::numeric_limits<double>::quiet_NaN()
                           : static_cast<double>(tokens.size() - 1) / further_seconds;
}

template <NetworkScalar T>
Generation generate(const Tmm<T>& network, std::span<const std::int32_t> prompt,
                    const GenerationSettings& settings, const std::function<void(const Choice&)>& take) {
  check_generation(network.architecture, prompt, settings);
  Sampler sampler(settings.sampling, network.architecture.vocabulary);
  Generation generation;
  generation.tokens.reserve(std::min(settings.count, most_reserved));
  GrowingSequence<T> sequence(network, prompt, settings);
  auto start = Clock::now();
  std::span<const T> logits = sequence.first_logits();
  generation.prefill_seconds = seconds_since(start);
  for (;;) {
    const auto choice = sampler.choose(logits);
    generation.overflow = !choice;
    if (!choice) return generation;
    generation.tokens.push_back(*choice);
    if (generation.tokens.size() > 1) generation.further_seconds += seconds_since(start);
    if (take) take(*choice);
    if (generation.tokens.size() == settings.count) return generation;
    start = Clock::now();
    logits = sequence.next_logits(choice->id);
  }
}

template Generation generate(const Tmm<float>&, std::span<const std::int32_t>, const GenerationSettings&,
                             const std::function<void(const Choice&)>&);
template Generation generate(const Tmm<double>&, std::span<const std::int32_t>, const GenerationSettings&,
                             const std::function<void(const Choice&)>&);

}  // namespace tmm::model
