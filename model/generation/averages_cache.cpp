// SPDX-License-Identifier: MIT
#include "model/generation/averages_cache.hpp"

#include <algorithm>

#include "model/generation/vector_products.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {

template <NetworkScalar T>
AveragesCache<T>::AveragesCache(const Block<T>& block)
    : block_(&block),
      averages_(averages_of(block.token_mixer.averages)),
      state_(block.token_mixer.out.in),
      state_of_prompt_(state_.size()),
      normalized_(block.token_norm.weight.size()),
      rounded_(state_.size()) {}

template <NetworkScalar T>
void AveragesCache<T>::start(std::size_t) {
  std::ranges::fill(state_, 0.0);
}

template <NetworkScalar T>
void AveragesCache<T>::remember(std::size_t, MatrixView<const T> input, std::size_t) {
  for (std::size_t t = 0; t < input.rows; ++t)
    advance_averages<T>(averages_, {input.row(t), input.cols}, state_);
  state_of_prompt_ = state_;
}

template <NetworkScalar T>
void AveragesCache<T>::step(T* x, std::size_t threads) {
  const std::size_t d = normalized_.size();
  const Linear<T>& out = block_->token_mixer.out;
  normalize(block_->token_norm, LayerNormArguments<T>{.x = {x, 1, d}, .y = {normalized_.data(), 1, d}});
  advance_averages<T>(averages_, normalized_, state_);
  std::ranges::transform(state_, rounded_.begin(), [](double s) { return static_cast<T>(s); });
  for (std::size_t j = 0; j < d; ++j) x[j] += out.bias[j];
  add_matrix_vector(out.matrix(), rounded_.data(), x, threads);
}

template <NetworkScalar T>
void AveragesCache<T>::rewind(std::size_t) {
  std::ranges::copy(state_of_prompt_, state_.begin());
}

template <NetworkScalar T>
std::size_t AveragesCache<T>::bytes() const {
  return (state_.size() + state_of_prompt_.size()) * sizeof(double) +
         (normalized_.size() + rounded_.size()) * sizeof(T) + averages_.size() * sizeof(Average);
}

template class AveragesCache<float>;
template class AveragesCache<double>;

}  // namespace tmm::model
