// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/generation/token_mixing_cache.hpp"
#include "model/network/channel_mixing.hpp"
#include "model/pass/forward_pass.hpp"

namespace tmm::model {

/// A causal language model that is given a prompt and then one token at a time: logits of the next token
/// after each. The prompt passes through the planned products of ForwardPass, O(dn log n) time and O(dn)
/// memory a layer; a further token costs what its caches do (TokenMixingCache) and a pass through the
/// matrices.
template <NetworkScalar T>
class CachedPass {
 public:
  /// Keeps a reference to the network. Throws ArgumentError for one that does not predict its next token (an
  /// autoencoder), and as make_token_mixing_cache.
  explicit CachedPass(const Tmm<T>& network, std::size_t threads = 1,
                      CacheMethod method = CacheMethod::automatic);

  /// Forgets the last sequence and begins one of up to `capacity` tokens with `prompt`. Returns the logits
  /// (v) behind it, which stand until the next call. Throws ArgumentError for an empty prompt, one longer
  /// than `capacity`, a capacity above n, and an id outside [0, v), naming its place.
  std::span<const T> start(std::span<const std::int32_t> prompt, std::size_t capacity);
  /// The logits behind one more token. Takes no memory. Throws ArgumentError for an id outside [0, v) and
  /// where `capacity` tokens are behind it.
  std::span<const T> step(std::int32_t id);
  /// Back to the prompt alone, and its logits.
  std::span<const T> rewind();

  [[nodiscard]] const Tmm<T>& network() const { return *network_; }
  [[nodiscard]] std::size_t position() const { return position_; }  ///< tokens so far
  [[nodiscard]] std::size_t bytes() const;                          ///< memory of all caches

 private:
  void take_prompt(std::span<const std::int32_t> prompt);
  void mix_channels(const Block<T>& block);
  void form_logits(const T* x);

  const Tmm<T>* network_;
  std::size_t threads_;
  std::vector<std::unique_ptr<TokenMixingCache<T>>> caches_;  // one a block
  std::vector<T> x_, normalized_, hidden_, logits_, logits_of_prompt_;
  std::size_t prompt_ = 0, capacity_ = 0, position_ = 0;
};

/// Throws ArgumentError unless the network predicts the next token of a sequence.
void require_causal(const Architecture& architecture);

/// Throws ArgumentError, naming the place, for an id outside [0, v).
void check_ids(std::span<const std::int32_t> ids, std::size_t vocabulary);

/// Threads for a pass over so few tokens that waiting for others would cost more than they save: 1; otherwise
/// `threads`.
std::size_t threads_for(std::size_t tokens, std::size_t threads);

/// The same as check_ids, and for no tokens at all or more than `longest`.
void check_prompt(std::span<const std::int32_t> prompt, std::size_t longest, std::size_t vocabulary);

extern template class CachedPass<float>;
extern template class CachedPass<double>;

}  // namespace tmm::model
