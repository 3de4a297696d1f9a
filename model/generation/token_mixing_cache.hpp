// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "model/network/tmm.hpp"

namespace tmm::model {

/// What mixing over time of one block must remember of a sequence to go on with it one position at a time.
/// One class a kind of mixer; make_token_mixing_cache chooses it. In order:
///   start, remember for each stage, step for each further position, rewind to go on from the prompt again.
/// All memory is taken by start and remember, none by step.
template <NetworkScalar T>
class TokenMixingCache {
 public:
  TokenMixingCache() = default;
  virtual ~TokenMixingCache() = default;
  TokenMixingCache(const TokenMixingCache&) = delete;
  TokenMixingCache& operator=(const TokenMixingCache&) = delete;

  /// Forgets the last sequence; the next one has up to `capacity` ≤ n positions.
  virtual void start(std::size_t capacity) = 0;
  /// What stage `stage` of the block has read at the m ≤ capacity positions of the prompt, (m, d), as
  /// ForwardObserver::stage_input shows it. Once for each stage, in their order.
  virtual void remember(std::size_t stage, MatrixView<const T> input, std::size_t threads) = 0;
  /// x ← x + mixer(norm(x)) for the stream x (d) at the next position; fewer than `capacity` are behind it.
  virtual void step(T* x, std::size_t threads) = 0;
  /// Back to the position behind the prompt.
  virtual void rewind(std::size_t threads) = 0;
  /// Memory of what is remembered and of what is computed from the taps beforehand.
  [[nodiscard]] virtual std::size_t bytes() const = 0;
};

/// How a cache of Toeplitz layers forms its products. inner_products: Σ_{s≤t} w_{t−s} u_s over all inputs, at
/// every position anew, O(dn) a token: the readable twin. blocked: what earlier blocks of inputs give to
/// later outputs by products of whole blocks (OnlineToeplitz). automatic: the faster one.
enum class CacheMethod { automatic, inner_products, blocked };

/// The cache of a block, which keeps a reference to it. Throws ArgumentError for a kind of mixing that no
/// cache is known for.
template <NetworkScalar T>
std::unique_ptr<TokenMixingCache<T>> make_token_mixing_cache(const Block<T>& block,
                                                             CacheMethod method = CacheMethod::automatic);

extern template std::unique_ptr<TokenMixingCache<float>> make_token_mixing_cache(const Block<float>&,
                                                                                 CacheMethod);
extern template std::unique_ptr<TokenMixingCache<double>> make_token_mixing_cache(const Block<double>&,
                                                                                  CacheMethod);

}  // namespace tmm::model
