// SPDX-License-Identifier: MIT
#include "model/generation/toeplitz_cache.hpp"

#include <algorithm>

#include "model/generation/vector_products.hpp"
#include "model/network/norm.hpp"
#include "model/network/silu.hpp"
#include "model/network/stage_taps.hpp"

namespace tmm::model {

template <NetworkScalar T>
ToeplitzCache<T>::ToeplitzCache(const Block<T>& block, CacheMethod method)
    : block_(&block),
      dimension_(block.token_norm.weight.size()),
      inverse_sums_(inverse_row_sums(last())),
      read_(dimension_),
      projected_(block.token_mixer.in.out),
      mixed_(dimension_) {
  stages_.emplace_back(block.token_mixer.first, dimension_, method);
  if (block.token_mixer.second.heads != 0) stages_.emplace_back(block.token_mixer.second, dimension_, method);
}

template <NetworkScalar T>
void ToeplitzCache<T>::start(std::size_t capacity) {
  capacity_ = capacity;
}

template <NetworkScalar T>
void ToeplitzCache<T>::remember(std::size_t stage, MatrixView<const T> input, std::size_t threads) {
  stages_[stage].start(input, capacity_, threads);
}

template <NetworkScalar T>
void ToeplitzCache<T>::rewind(std::size_t threads) {
  for (OnlineToeplitz<T>& stage : stages_) stage.rewind(threads);
}

template <NetworkScalar T>
void ToeplitzCache<T>::step(T* x, std::size_t threads) {
  const TokenMixer<T>& mixer = block_->token_mixer;
  const std::size_t d = dimension_, t = stages_.front().position();
  normalize(block_->token_norm, LayerNormArguments<T>{.x = {x, 1, d}, .y = {read_.data(), 1, d}});
  const T* input = read_.data();
  if (mixer.in.out != 0) {
    std::ranges::copy(mixer.in.bias, projected_.begin());
    add_matrix_vector(mixer.in.matrix(), input, projected_.data(), threads);
    input = projected_.data();
  }
  stages_.front().step(input, mixed_.data(), threads);
  if (stages_.size() == 2) {
    const std::size_t width = d / mixer.first.heads;
    for (std::size_t head = 0; head < mixer.first.heads; ++head) {
      const MatrixView<T> part(mixed_.data() + head * width, 1, width);
      silu_with_row_bias(part, mixer.first.bias.data() + head * mixer.first.context + t,
                         {read_.data() + head * width, 1, width});
    }
    stages_.back().step(read_.data(), mixed_.data(), threads);
  }
  finish(t);
  if (mixer.out.out == 0) {
    for (std::size_t j = 0; j < d; ++j) x[j] += mixed_[j];
    return;
  }
  for (std::size_t j = 0; j < mixer.out.bias.size(); ++j) x[j] += mixer.out.bias[j];
  add_matrix_vector(mixer.out.matrix(), mixed_.data(), x, threads);
}

// mixed ← mixed/c_t + b_t of each head; 1/c only where rows are divided.
template <NetworkScalar T>
void ToeplitzCache<T>::finish(std::size_t t) {
  const ToeplitzStage<T>& stage = last();
  const std::size_t width = dimension_ / stage.heads;
  for (std::size_t head = 0; head < stage.heads; ++head) {
    const std::size_t place = head * stage.context + t;
    const T factor = inverse_sums_.empty() ? T{1} : inverse_sums_[place], bias = stage.bias[place];
    T* part = mixed_.data() + head * width;
    for (std::size_t j = 0; j < width; ++j) part[j] = part[j] * factor + bias;
  }
}

template <NetworkScalar T>
std::size_t ToeplitzCache<T>::bytes() const {
  std::size_t bytes = (inverse_sums_.size() + read_.size() + projected_.size() + mixed_.size()) * sizeof(T);
  for (const OnlineToeplitz<T>& stage : stages_) bytes += stage.bytes();
  return bytes;
}

template class ToeplitzCache<float>;
template class ToeplitzCache<double>;

}  // namespace tmm::model
