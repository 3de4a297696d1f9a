// SPDX-License-Identifier: MIT
#include "model/generation/dense_cache.hpp"

#include <algorithm>

#include "model/generation/vector_products.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {

template <NetworkScalar T>
DenseCache<T>::DenseCache(const Block<T>& block)
    : block_(&block), dimension_(block.token_norm.weight.size()) {}

template <NetworkScalar T>
void DenseCache<T>::start(std::size_t capacity) {
  inputs_.resize(capacity * dimension_);
  position_ = prompt_ = 0;
}

template <NetworkScalar T>
void DenseCache<T>::remember(std::size_t, MatrixView<const T> input, std::size_t) {
  for (std::size_t t = 0; t < input.rows; ++t)
    std::copy_n(input.row(t), dimension_, inputs_.data() + t * dimension_);
  position_ = prompt_ = input.rows;
}

template <NetworkScalar T>
void DenseCache<T>::rewind(std::size_t) {
  position_ = prompt_;
}

template <NetworkScalar T>
void DenseCache<T>::step(T* x, std::size_t) {
  const DenseStage<T>& dense = block_->token_mixer.dense;
  const std::size_t d = dimension_, t = position_++;
  normalize(block_->token_norm, LayerNormArguments<T>{.x = {x, 1, d}, .y = {inputs_.data() + t * d, 1, d}});
  for (std::size_t j = 0; j < d; ++j) x[j] += dense.bias[t];
  add_weighted_rows(dense.weight.data() + t * dense.context, MatrixView<const T>(inputs_.data(), t + 1, d),
                    x);
}

template <NetworkScalar T>
std::size_t DenseCache<T>::bytes() const {
  return inputs_.size() * sizeof(T);
}

template class DenseCache<float>;
template class DenseCache<double>;

}  // namespace tmm::model
