// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "model/generation/token_mixing_cache.hpp"

namespace tmm::model {

/// One dense causal matrix: what it has read, d numbers a position. A row of the matrix against it gives the
/// next output, y_t = Σ_{s≤t} W[t, s] u_s + b_t: O(dt) operations at position t.
template <NetworkScalar T>
class DenseCache final : public TokenMixingCache<T> {
 public:
  explicit DenseCache(const Block<T>& block);

  void start(std::size_t capacity) override;
  void remember(std::size_t stage, MatrixView<const T> input, std::size_t threads) override;
  void step(T* x, std::size_t threads) override;
  void rewind(std::size_t threads) override;
  [[nodiscard]] std::size_t bytes() const override;

 private:
  const Block<T>* block_;
  std::size_t dimension_, position_ = 0, prompt_ = 0;
  std::vector<T> inputs_;  // u (capacity, d)
};

extern template class DenseCache<float>;
extern template class DenseCache<double>;

}  // namespace tmm::model
