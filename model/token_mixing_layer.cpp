// SPDX-License-Identifier: MIT
#include "model/token_mixing_layer.hpp"

#include <algorithm>

#include "model/layer_norm.hpp"
#include "model/matrix_product.hpp"
#include "model/parallel.hpp"
#include "model/silu.hpp"

namespace tmm::model {
namespace {

// Pieces that threads share out; their sizes do not depend on the number of threads.
constexpr std::size_t rows_of_piece = 256;
constexpr std::size_t channels_of_piece = 64;

std::size_t pieces(std::size_t rows) {
  return (rows + rows_of_piece - 1) / rows_of_piece;
}

}  // namespace

template <NetworkScalar T>
TokenMixingLayer<T>::TokenMixingLayer(const Block<T>& block, std::size_t length)
    : block_(&block), length_(length), dimension_(block.token_norm.weight.size()) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const std::size_t width = dimension_ / mixer.first.heads;
  for (std::size_t head = 0; head < mixer.first.heads; ++head)
    for (std::size_t first = 0; first < width; first += channels_of_piece)
      slices_.push_back({head, head * width + first, std::min(channels_of_piece, width - first)});
  first_ = plan(mixer.first);
  second_ = plan(mixer.second);
  update();
}

template <NetworkScalar T>
typename TokenMixingLayer<T>::Products TokenMixingLayer<T>::plan(const ToeplitzStage<T>& stage) const {
  return Products(stage.heads * stage.rows, ToeplitzProduct<T>(length_, slices_.front().count));
}

template <NetworkScalar T>
void TokenMixingLayer<T>::update() {
  const auto take = [](Products& products, const ToeplitzStage<T>& stage) {
    for (std::size_t i = 0; i < products.size(); ++i)
      products[i].set_taps(std::span(stage.weight).subspan(i * stage.context, stage.context));
  };
  take(first_, block_->token_mixer.first);
  take(second_, block_->token_mixer.second);
}

template <NetworkScalar T>
TokenMixingBuffers<T> TokenMixingLayer<T>::make_buffers(std::size_t threads) const {
  TokenMixingBuffers<T> buffers;
  const std::size_t size = length_ * dimension_;
  buffers.normalized.resize(size);
  if (is_expanded()) buffers.expanded.resize(size);
  if (has_heads()) {
    buffers.projected.resize(size);
    buffers.mixed.resize(size);
  }
  for (std::size_t i = 0; i < threads; ++i) buffers.scratch.push_back(first_.front().make_scratch());
  return buffers;
}

template <NetworkScalar T>
void TokenMixingLayer<T>::normalize_and_project(MatrixView<T> x, TokenMixingBuffers<T>& buffers,
                                                std::size_t first_row) const {
  const TokenMixer<T>& mixer = block_->token_mixer;
  const ToeplitzStage<T>& last = is_expanded() ? mixer.second : mixer.first;
  const std::size_t count = std::min(rows_of_piece, x.rows - first_row), start = first_row * dimension_;
  const MatrixView<T> normalized(buffers.normalized.data() + start, count, dimension_);
  LayerNormArguments<T> norm{x.middle_rows(first_row, count), normalized, block_->token_norm.weight.data(),
                             block_->token_norm.bias.data()};
  if (has_heads())
    norm.column_shift = mixer.out.bias.data();
  else
    norm.row_shift = last.bias.data() + first_row;
  layer_norm(norm);
  if (!has_heads()) return;
  const MatrixView<T> projected(buffers.projected.data() + start, count, dimension_);
  for (std::size_t t = 0; t < count; ++t)
    std::copy(mixer.in.bias.begin(), mixer.in.bias.end(), projected.row(t));
  multiply_transposed(normalized, mixer.in.matrix(), T{1}, projected);
}

// y[e, t] += Σ_i Σ_s w^{(i)}_{t−s} x[e + i − (k−1), s], channels below the first one being zero.
template <NetworkScalar T>
void TokenMixingLayer<T>::apply_add(const Products& products, const Slice& slice, MatrixView<const T> in,
                                    MatrixView<T> out, Scratch& scratch) const {
  const std::size_t rows = block_->token_mixer.first.rows;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t back = rows - 1 - i;
    const std::size_t first = std::max(slice.first, back), end = slice.first + slice.count;
    if (first >= end) continue;
    products[slice.head * rows + i].apply_add(in.middle_cols(first - back, end - first),
                                              out.middle_cols(first, end - first), scratch);
  }
}

template <NetworkScalar T>
void TokenMixingLayer<T>::mix_slice(const Slice& slice, MatrixView<T> x, TokenMixingBuffers<T>& buffers,
                                    Scratch& scratch) const {
  const TokenMixer<T>& mixer = block_->token_mixer;
  const std::size_t m = x.rows;
  const MatrixView<const T> input = stage_input(0, m, buffers);
  MatrixView<T> target = x;
  if (has_heads()) {
    target = MatrixView<T>(buffers.mixed.data(), m, dimension_);
    const ToeplitzStage<T>& last = is_expanded() ? mixer.second : mixer.first;
    const T* bias = last.bias.data() + slice.head * last.context;
    for (std::size_t t = 0; t < m; ++t) std::fill_n(target.row(t) + slice.first, slice.count, bias[t]);
  }
  if (!is_expanded()) return apply_add(first_, slice, input, target, scratch);
  const MatrixView<T> expanded(buffers.expanded.data(), m, dimension_);
  for (std::size_t t = 0; t < m; ++t) std::fill_n(expanded.row(t) + slice.first, slice.count, T{0});
  apply_add(first_, slice, input, expanded, scratch);
  const MatrixView<T> part = expanded.middle_cols(slice.first, slice.count);
  silu_with_row_bias(part, mixer.first.bias.data() + slice.head * mixer.first.context, part);
  apply_add(second_, slice, expanded, target, scratch);
}

template <NetworkScalar T>
void TokenMixingLayer<T>::forward(MatrixView<T> x, TokenMixingBuffers<T>& buffers,
                                  std::size_t threads) const {
  parallel_for(pieces(x.rows), threads, [&](std::size_t piece, std::size_t) {
    normalize_and_project(x, buffers, piece * rows_of_piece);
  });
  parallel_for(slices_.size(), threads, [&](std::size_t slice, std::size_t worker) {
    mix_slice(slices_[slice], x, buffers, buffers.scratch[worker]);
  });
  if (!has_heads()) return;
  parallel_for(pieces(x.rows), threads, [&](std::size_t piece, std::size_t) {
    const std::size_t first = piece * rows_of_piece, count = std::min(rows_of_piece, x.rows - first);
    const MatrixView<const T> mixed(buffers.mixed.data() + first * dimension_, count, dimension_);
    multiply_transposed(mixed, block_->token_mixer.out.matrix(), T{1}, x.middle_rows(first, count));
  });
}

template <NetworkScalar T>
MatrixView<const T> TokenMixingLayer<T>::stage_input(std::size_t stage, std::size_t m,
                                                     const TokenMixingBuffers<T>& buffers) const {
  if (stage == 1) return {buffers.expanded.data(), m, dimension_};
  return {has_heads() ? buffers.projected.data() : buffers.normalized.data(), m, dimension_};
}

template class TokenMixingLayer<float>;
template class TokenMixingLayer<double>;

}  // namespace tmm::model
