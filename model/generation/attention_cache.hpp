// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "model/generation/token_mixing_cache.hpp"
#include "model/network/rotary.hpp"

namespace tmm::model {

/// Attention: keys, turned to their positions, and values of all positions so far, 2d numbers a position.
/// O(d²) operations a token for the projections and O(dt) at position t for the scores and the sum.
template <NetworkScalar T>
class AttentionCache final : public TokenMixingCache<T> {
 public:
  explicit AttentionCache(const Block<T>& block);

  void start(std::size_t capacity) override;
  void remember(std::size_t stage, MatrixView<const T> input, std::size_t threads) override;
  void step(T* x, std::size_t threads) override;
  void rewind(std::size_t threads) override;
  [[nodiscard]] std::size_t bytes() const override;

 private:
  void attend(std::size_t head);

  const Block<T>* block_;
  std::size_t dimension_, position_ = 0, prompt_ = 0;
  Rotation<T> rotation_;            // of positions below the capacity
  std::vector<T> keys_and_values_;  // (capacity, 2d)
  std::vector<T> normalized_;       // (d)
  std::vector<T> projected_;        // query over √w, key, value (3d)
  std::vector<T> scores_, mixed_;   // (capacity), (d)
};

extern template class AttentionCache<float>;
extern template class AttentionCache<double>;

}  // namespace tmm::model
