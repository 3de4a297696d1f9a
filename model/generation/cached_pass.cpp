// SPDX-License-Identifier: MIT
#include "model/generation/cached_pass.hpp"

#include <algorithm>
#include <string>

#include "model/base/blas_threads.hpp"
#include "model/base/error.hpp"
#include "model/generation/vector_products.hpp"
#include "model/network/activation.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {
namespace {

/// Gives each cache what the stages of its block read in a forward pass.
template <NetworkScalar T>
class PromptObserver : public ForwardObserver<T> {
 public:
  PromptObserver(std::vector<std::unique_ptr<TokenMixingCache<T>>>& caches, std::size_t threads)
      : caches_(caches), threads_(threads) {}
  void stage_input(std::size_t block, std::size_t stage, std::size_t, MatrixView<const T> u) override {
    caches_[block]->remember(stage, u, threads_);
  }

 private:
  std::vector<std::unique_ptr<TokenMixingCache<T>>>& caches_;
  std::size_t threads_;
};

}  // namespace

void require_causal(const Architecture& architecture) {
  if (architecture.network == Network::autoencoder)
    throw ArgumentError(
        "this network gives back its input from one vector and predicts no next token",
        {"", "", "a causal language model", "an autoencoder (" + std::string(architecture.family) + ")",
         "`tmm evaluate` measures what it gives back"});
}

std::size_t threads_for(std::size_t tokens, std::size_t threads) {
  constexpr std::size_t least_shared_tokens = 64;
  return tokens < least_shared_tokens ? 1 : threads;
}

void check_ids(std::span<const std::int32_t> ids, std::size_t vocabulary) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (ids[i] < 0 || static_cast<std::size_t>(ids[i]) >= vocabulary)
      throw ArgumentError("a token is not in the vocabulary",
                          {"", "", "ids from 0 to " + std::to_string(vocabulary - 1),
                           std::to_string(ids[i]) + " at place " + std::to_string(i), ""});
}

void check_prompt(std::span<const std::int32_t> prompt, std::size_t longest, std::size_t vocabulary) {
  if (prompt.empty()) throw ArgumentError("the prompt is empty", {"", "", "at least one token", "", ""});
  if (prompt.size() > longest)
    throw ArgumentError("too many tokens for the network's context",
                        {"", "", "at most " + std::to_string(longest), std::to_string(prompt.size()), ""});
  check_ids(prompt, vocabulary);
}

template <NetworkScalar T>
CachedPass<T>::CachedPass(const Tmm<T>& network, std::size_t threads, CacheMethod method)
    : network_(&network), threads_(std::max<std::size_t>(1, threads)) {
  const Architecture& a = network.architecture;
  require_causal(a);
  for (const Block<T>& block : network.blocks) caches_.push_back(make_token_mixing_cache(block, method));
  x_.resize(a.embedding);
  normalized_.resize(a.embedding);
  hidden_.resize(a.hidden);
  logits_.resize(a.vocabulary);
}

template <NetworkScalar T>
std::span<const T> CachedPass<T>::start(std::span<const std::int32_t> prompt, std::size_t capacity) {
  const Architecture& a = network_->architecture;
  if (capacity > a.context)
    throw ArgumentError(
        "the network takes shorter sequences",
        {"", "", "at most " + std::to_string(a.context) + " tokens", std::to_string(capacity), ""});
  check_prompt(prompt, capacity, a.vocabulary);
  prompt_ = position_ = prompt.size();
  capacity_ = capacity;
  for (auto& cache : caches_) cache->start(capacity);
  take_prompt(prompt);
  logits_of_prompt_ = logits_;
  return logits_;
}

template <NetworkScalar T>
void CachedPass<T>::take_prompt(std::span<const std::int32_t> prompt) {
  const OneBlasThread one_blas_thread;
  const std::size_t threads = threads_for(prompt.size(), threads_);
  const ForwardPass<T> pass(*network_, prompt.size());
  auto workspace = pass.make_workspace(prompt.size(), threads);
  PromptObserver<T> observer(caches_, threads_);
  const MatrixView<T> x = pass.run(prompt, 1, workspace, threads, &observer);
  form_logits(x.row(prompt.size() - 1));
}

template <NetworkScalar T>
void CachedPass<T>::form_logits(const T* x) {
  std::ranges::fill(logits_, T{0});
  add_matrix_vector(network_->output_matrix(), x, logits_.data(), threads_);
}

template <NetworkScalar T>
void CachedPass<T>::mix_channels(const Block<T>& block) {
  const std::size_t d = x_.size();
  normalize(block.channel_norm,
            LayerNormArguments<T>{.x = {x_.data(), 1, d}, .y = {normalized_.data(), 1, d}});
  std::ranges::fill(hidden_, T{0});
  add_matrix_vector(block.expand.matrix(), normalized_.data(), hidden_.data(), threads_);
  const MatrixView<T> hidden(hidden_.data(), 1, hidden_.size());
  activate_with_column_bias(block.activation, hidden, block.expand.bias.data(), hidden);
  for (std::size_t j = 0; j < d; ++j) x_[j] += block.contract.bias[j];
  add_matrix_vector(block.contract.matrix(), hidden_.data(), x_.data(), threads_);
}

template <NetworkScalar T>
std::span<const T> CachedPass<T>::step(std::int32_t id) {
  const std::size_t d = x_.size();
  check_ids({&id, 1}, network_->architecture.vocabulary);
  if (position_ >= capacity_)
    throw ArgumentError("the sequence is full",
                        {"", "", "at most " + std::to_string(capacity_) + " tokens", "", ""});
  std::copy_n(network_->embedding.data() + static_cast<std::size_t>(id) * d, d, x_.data());
  for (std::size_t i = 0; i < caches_.size(); ++i) {
    const Block<T>& block = network_->blocks[i];
    if (!block.token_mixing_first) mix_channels(block);
    caches_[i]->step(x_.data(), threads_);
    if (block.token_mixing_first) mix_channels(block);
  }
  if (!network_->final_norm.weight.empty())
    normalize(network_->final_norm, LayerNormArguments<T>{.x = {x_.data(), 1, d}, .y = {x_.data(), 1, d}});
  ++position_;
  form_logits(x_.data());
  return logits_;
}

template <NetworkScalar T>
std::span<const T> CachedPass<T>::rewind() {
  for (auto& cache : caches_) cache->rewind(threads_);
  position_ = prompt_;
  std::ranges::copy(logits_of_prompt_, logits_.begin());
  return logits_;
}

template <NetworkScalar T>
std::size_t CachedPass<T>::bytes() const {
  std::size_t bytes = 0;
  for (const auto& cache : caches_) bytes += cache->bytes();
  return bytes;
}

template class CachedPass<float>;
template class CachedPass<double>;

}  // namespace tmm::model
