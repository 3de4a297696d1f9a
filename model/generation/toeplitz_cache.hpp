// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "model/generation/online_toeplitz.hpp"
#include "model/generation/token_mixing_cache.hpp"

namespace tmm::model {

/// Toeplitz layers of every variant, as TokenMixingLayer computes them: the cache of a stage is what it has
/// read, (positions, d).
template <NetworkScalar T>
class ToeplitzCache final : public TokenMixingCache<T> {
 public:
  ToeplitzCache(const Block<T>& block, CacheMethod method);

  void start(std::size_t capacity) override;
  void remember(std::size_t stage, MatrixView<const T> input, std::size_t threads) override;
  void step(T* x, std::size_t threads) override;
  void rewind(std::size_t threads) override;
  [[nodiscard]] std::size_t bytes() const override;

 private:
  [[nodiscard]] const ToeplitzStage<T>& last() const {
    const TokenMixer<T>& mixer = block_->token_mixer;
    return mixer.second.heads != 0 ? mixer.second : mixer.first;
  }
  void finish(std::size_t t);

  const Block<T>* block_;
  std::size_t dimension_, capacity_ = 0;
  std::vector<OnlineToeplitz<T>> stages_;
  std::vector<T> inverse_sums_;              // 1/c of the last stage (H, n), if it is mean-normalised
  std::vector<T> read_, projected_, mixed_;  // (d)
};

extern template class ToeplitzCache<float>;
extern template class ToeplitzCache<double>;

}  // namespace tmm::model
