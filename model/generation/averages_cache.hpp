// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "model/generation/token_mixing_cache.hpp"
#include "model/network/exponential_averages.hpp"

namespace tmm::model {

/// Exponential averages: the recurrence of mix_averages, whose state (d·M) is all that must be remembered.
/// O(dM) operations a token, for the projection O(d²M).
template <NetworkScalar T>
class AveragesCache final : public TokenMixingCache<T> {
 public:
  explicit AveragesCache(const Block<T>& block);

  void start(std::size_t capacity) override;
  void remember(std::size_t stage, MatrixView<const T> input, std::size_t threads) override;
  void step(T* x, std::size_t threads) override;
  void rewind(std::size_t threads) override;
  [[nodiscard]] std::size_t bytes() const override;

 private:
  const Block<T>* block_;
  std::vector<Average> averages_;
  std::vector<double> state_, state_of_prompt_;  // (d·M)
  std::vector<T> normalized_, rounded_;          // (d), (d·M)
};

extern template class AveragesCache<float>;
extern template class AveragesCache<double>;

}  // namespace tmm::model
