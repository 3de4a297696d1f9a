// SPDX-License-Identifier: MIT
#include "model/network/token_mixing_layer.hpp"

#include <algorithm>

#include "model/base/matrix_product.hpp"
#include "model/base/parallel.hpp"
#include "model/network/kernel_rows.hpp"
#include "model/network/norm.hpp"
#include "model/network/silu.hpp"
#include "model/network/stage_taps.hpp"

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
  set_taps(first_, block_->token_mixer.first);
  set_taps(second_, block_->token_mixer.second);
  inverse_sums_ = inverse_row_sums(last());
}

template <NetworkScalar T>
void TokenMixingLayer<T>::extend(TokenMixingBuffers<T>& buffers, std::size_t threads) const {
  const std::size_t size = length_ * dimension_;
  buffers.normalized.resize(size);
  if (is_expanded()) buffers.expanded.resize(size);
  if (has_projections()) buffers.projected.resize(size);
  if (is_collected()) buffers.mixed.resize(size);
  extend(buffers.scratch, threads);
}

template <NetworkScalar T>
TokenMixingBuffers<T> TokenMixingLayer<T>::make_record_buffers(std::size_t rows) const {
  TokenMixingBuffers<T> buffers;
  const std::size_t size = rows * dimension_;
  buffers.normalized.resize(size);
  if (is_expanded()) {
    buffers.expanded.resize(size);
    buffers.activated.resize(size);
  }
  if (has_projections()) buffers.projected.resize(size);
  if (is_collected()) buffers.mixed.resize(size);
  return buffers;
}

template <NetworkScalar T>
void TokenMixingLayer<T>::extend(std::vector<Scratch>& scratch, std::size_t threads) const {
  scratch.resize(threads);
  for (Scratch& one : scratch) first_.front().extend(one);
}

template <NetworkScalar T>
TokenMixingRecord<T> TokenMixingLayer<T>::record(std::size_t m, TokenMixingBuffers<T>& buffers) const {
  const auto view = [&](AlignedVector<T>& values) {
    return values.empty() ? MatrixView<T>() : MatrixView<T>(values.data(), m, dimension_);
  };
  return {view(buffers.normalized), view(buffers.projected), view(buffers.expanded),
          view(buffers.activated.empty() ? buffers.expanded : buffers.activated), view(buffers.mixed)};
}

template <NetworkScalar T>
void TokenMixingLayer<T>::normalize_and_project(MatrixView<T> x, MatrixView<T> y,
                                                const TokenMixingRecord<T>& record,
                                                std::size_t first_row) const {
  const TokenMixer<T>& mixer = block_->token_mixer;
  const std::size_t count = std::min(rows_of_piece, x.rows - first_row);
  const MatrixView<T> normalized = record.normalized.middle_rows(first_row, count);
  LayerNormArguments<T> norm{x.middle_rows(first_row, count), normalized};
  if (!is_collected())
    norm.row_shift = last().bias.data() + first_row;
  else if (!mixer.out.bias.empty())
    norm.column_shift = mixer.out.bias.data();
  norm.shifted = y.middle_rows(first_row, count);
  normalize(block_->token_norm, norm);
  if (!has_projections()) return;
  const MatrixView<T> projected = record.projected.middle_rows(first_row, count);
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
    const auto [read, write, count] = kernel_row_channels(rows, i, slice.first, slice.first + slice.count);
    if (count != 0)
      products[slice.head * rows + i].apply_add(in.middle_cols(read, count), out.middle_cols(write, count),
                                                scratch);
  }
}

template <NetworkScalar T>
void TokenMixingLayer<T>::mix_slice(const Slice& slice, MatrixView<T> y, const TokenMixingRecord<T>& record,
                                    Scratch& scratch) const {
  const TokenMixer<T>& mixer = block_->token_mixer;
  const std::size_t m = y.rows;
  const MatrixView<const T> input = has_projections() ? record.projected : record.normalized;
  const MatrixView<T> target = is_collected() ? record.mixed : y;
  if (is_collected()) {
    const bool divided = !inverse_sums_.empty();  // the bias is then added after the division
    const T* bias = last().bias.data() + slice.head * last().context;
    for (std::size_t t = 0; t < m; ++t)
      std::fill_n(target.row(t) + slice.first, slice.count, divided ? T{0} : bias[t]);
  }
  if (!is_expanded()) {
    apply_add(first_, slice, input, target, scratch);
    return finish_slice(slice, y, target);
  }
  const MatrixView<T> expanded = record.expanded;
  for (std::size_t t = 0; t < m; ++t) std::fill_n(expanded.row(t) + slice.first, slice.count, T{0});
  apply_add(first_, slice, input, expanded, scratch);
  silu_with_row_bias(expanded.middle_cols(slice.first, slice.count),
                     mixer.first.bias.data() + slice.head * mixer.first.context,
                     record.activated.middle_cols(slice.first, slice.count));
  apply_add(second_, slice, record.activated, target, scratch);
  finish_slice(slice, y, target);
}

// mixed ← mixed/c + b where rows are divided, and y ← y + mixed where no projection does that.
template <NetworkScalar T>
void TokenMixingLayer<T>::finish_slice(const Slice& slice, MatrixView<T> y, MatrixView<T> mixed) const {
  if (!inverse_sums_.empty()) {
    const T* bias = last().bias.data() + slice.head * last().context;
    const T* inverse = inverse_sums_.data() + slice.head * last().context;
    for (std::size_t t = 0; t < y.rows; ++t) {
      T* row = mixed.row(t) + slice.first;
      for (std::size_t j = 0; j < slice.count; ++j) row[j] = row[j] * inverse[t] + bias[t];
    }
  }
  if (!is_collected() || has_projections()) return;
  for (std::size_t t = 0; t < y.rows; ++t) {
    const T* row = mixed.row(t) + slice.first;
    T* sum = y.row(t) + slice.first;
    for (std::size_t j = 0; j < slice.count; ++j) sum[j] += row[j];
  }
}

template <NetworkScalar T>
void TokenMixingLayer<T>::forward(MatrixView<T> x, TokenMixingBuffers<T>& buffers,
                                  std::size_t threads) const {
  forward(x, x, record(x.rows, buffers), buffers.scratch, threads);
}

template <NetworkScalar T>
void TokenMixingLayer<T>::forward(MatrixView<T> x, MatrixView<T> y, const TokenMixingRecord<T>& record,
                                  std::vector<Scratch>& scratch, std::size_t threads) const {
  parallel_for(pieces(x.rows), threads, [&](std::size_t piece, std::size_t) {
    normalize_and_project(x, y, record, piece * rows_of_piece);
  });
  parallel_for(slices_.size(), threads, [&](std::size_t slice, std::size_t worker) {
    mix_slice(slices_[slice], y, record, scratch[worker]);
  });
  if (!has_projections()) return;
  parallel_for(pieces(x.rows), threads, [&](std::size_t piece, std::size_t) {
    const std::size_t first = piece * rows_of_piece, count = std::min(rows_of_piece, y.rows - first);
    multiply_transposed(record.mixed.middle_rows(first, count), block_->token_mixer.out.matrix(), T{1},
                        y.middle_rows(first, count));
  });
}

template <NetworkScalar T>
void TokenMixingLayer<T>::extend(TokenMixingTangentBuffers<T>& buffers) const {
  buffers.one.resize(length_ * dimension_);
  buffers.other.resize(length_ * dimension_);
  first_.front().extend(buffers.scratch);
}

template <NetworkScalar T>
void TokenMixingLayer<T>::tangent(MatrixView<const T> x, const TokenMixingRecord<T>& record,
                                  MatrixView<T> tangent, TokenMixingTangentBuffers<T>& buffers) const {
  const TokenMixer<T>& mixer = block_->token_mixer;
  const std::size_t m = x.rows;
  MatrixView<T> here(buffers.one.data(), m, dimension_), next(buffers.other.data(), m, dimension_);
  const auto mix = [&](const Products& products) {  // here ← T here
    std::fill_n(next.data, m * dimension_, T{0});
    for (const Slice& slice : slices_) apply_add(products, slice, here, next, buffers.scratch);
    std::swap(here, next);
  };
  normalize_tangent<T>(block_->token_norm, x, tangent, here);
  if (has_projections()) {
    multiply_transposed(here, mixer.in.matrix(), T{0}, next);
    std::swap(here, next);
  }
  mix(first_);
  if (is_expanded()) {
    for (const Slice& slice : slices_)
      silu_tangent_with_row_bias(record.expanded.middle_cols(slice.first, slice.count),
                                 mixer.first.bias.data() + slice.head * mixer.first.context,
                                 here.middle_cols(slice.first, slice.count));
    mix(second_);
  }
  const std::size_t width = dimension_ / mixer.first.heads;
  for (std::size_t t = 0; !inverse_sums_.empty() && t < m; ++t)
    for (std::size_t j = 0; j < dimension_; ++j)
      here.row(t)[j] *= inverse_sums_[j / width * last().context + t];
  if (has_projections()) return multiply_transposed(here, mixer.out.matrix(), T{1}, tangent);
  for (std::size_t t = 0; t < m; ++t)
    for (std::size_t j = 0; j < dimension_; ++j) tangent.row(t)[j] += here.row(t)[j];
}

template <NetworkScalar T>
MatrixView<const T> TokenMixingLayer<T>::stage_input(std::size_t stage, std::size_t m,
                                                     const TokenMixingBuffers<T>& buffers) const {
  if (stage == 1) return {buffers.expanded.data(), m, dimension_};
  return {has_projections() ? buffers.projected.data() : buffers.normalized.data(), m, dimension_};
}

template class TokenMixingLayer<float>;
template class TokenMixingLayer<double>;

}  // namespace tmm::model
