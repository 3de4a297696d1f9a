// SPDX-License-Identifier: MIT
#include "model/generation/attention_cache.hpp"

#include <algorithm>
#include <cmath>

#include "model/generation/vector_products.hpp"
#include "model/network/causal_softmax.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {

template <NetworkScalar T>
AttentionCache<T>::AttentionCache(const Block<T>& block)
    : block_(&block),
      dimension_(block.token_norm.weight.size()),
      normalized_(dimension_),
      projected_(3 * dimension_),
      mixed_(dimension_) {}

template <NetworkScalar T>
void AttentionCache<T>::start(std::size_t capacity) {
  rotation_ = Rotation<T>(block_->token_mixer.attention.frequencies, capacity);
  keys_and_values_.resize(capacity * 2 * dimension_);
  scores_.resize(capacity);
  position_ = prompt_ = 0;
}

template <NetworkScalar T>
void AttentionCache<T>::remember(std::size_t, MatrixView<const T> input, std::size_t) {
  for (std::size_t t = 0; t < input.rows; ++t)
    std::copy_n(input.row(t), 2 * dimension_, keys_and_values_.data() + t * 2 * dimension_);
  position_ = prompt_ = input.rows;
}

template <NetworkScalar T>
void AttentionCache<T>::rewind(std::size_t) {
  position_ = prompt_;
}

// s = K q over positions 0 … t, softmax, y = Σ_s p_s v_s; K and V (t + 1, w) stand in rows of 2d numbers.
template <NetworkScalar T>
void AttentionCache<T>::attend(std::size_t head) {
  const std::size_t d = dimension_, w = d / block_->token_mixer.attention.heads, count = position_ + 1;
  const T* first = keys_and_values_.data() + head * w;
  const MatrixView<const T> keys(first, count, w, 2 * d), values(first + d, count, w, 2 * d);
  std::fill_n(scores_.begin(), count, T{0});
  add_matrix_vector(keys, projected_.data() + head * w, scores_.data());
  T log_sum = 0;
  // The one row is that of position t; what it is added up to is not kept.
  causal_softmax(MatrixView<T>(scores_.data(), 1, count), position_, MatrixView<T>(&log_sum, count, 1, 0));
  std::fill_n(mixed_.begin() + static_cast<std::ptrdiff_t>(head * w), w, T{0});
  add_weighted_rows(scores_.data(), values, mixed_.data() + head * w);
}

template <NetworkScalar T>
void AttentionCache<T>::step(T* x, std::size_t threads) {
  const TokenMixer<T>& mixer = block_->token_mixer;
  const std::size_t d = dimension_, heads = mixer.attention.heads;
  normalize(block_->token_norm, LayerNormArguments<T>{.x = {x, 1, d}, .y = {normalized_.data(), 1, d}});
  std::ranges::fill(projected_, T{0});
  add_matrix_vector(mixer.attention.matrix(), normalized_.data(), projected_.data(), threads);
  const auto scale = static_cast<T>(1 / std::sqrt(static_cast<double>(d / heads)));
  rotation_.turn({projected_.data(), 1, d}, 1, scale, position_);
  rotation_.turn({projected_.data() + d, 1, d}, 1, T{1}, position_);
  std::copy_n(projected_.data() + d, 2 * d, keys_and_values_.data() + position_ * 2 * d);
  for (std::size_t head = 0; head < heads; ++head) attend(head);
  add_matrix_vector(mixer.out.matrix(), mixed_.data(), x, threads);
  ++position_;
}

template <NetworkScalar T>
std::size_t AttentionCache<T>::bytes() const {
  const std::size_t turns = scores_.size() * dimension_ / block_->token_mixer.attention.heads;
  return (turns + keys_and_values_.size() + normalized_.size() + projected_.size() + scores_.size() +
          mixed_.size()) *
         sizeof(T);
}

template class AttentionCache<float>;
template class AttentionCache<double>;

}  // namespace tmm::model
