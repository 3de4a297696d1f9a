// SPDX-License-Identifier: MIT
#include "model/network/token_mixing_gradient.hpp"

#include <algorithm>

#include "model/base/error.hpp"
#include "model/network/bias_gradient.hpp"
#include "model/network/kernel_rows.hpp"
#include "model/network/linear_gradient.hpp"
#include "model/network/norm.hpp"
#include "model/network/silu.hpp"
#include "model/network/stage_taps.hpp"

namespace tmm::model {

template <NetworkScalar T>
TokenMixingGradient<T>::TokenMixingGradient(const Block<T>& block, std::size_t length)
    : block_(&block), length_(length), dimension_(block.token_norm.weight.size()) {
  if (has_derived_taps() && block.token_mixer.second.heads != 0)
    throw ArgumentError("there is no way back through an expanded layer with derived taps");
  first_ = plan(block.token_mixer.first);
  second_ = plan(block.token_mixer.second);
  update();
}

template <NetworkScalar T>
typename TokenMixingGradient<T>::Products TokenMixingGradient<T>::plan(const ToeplitzStage<T>& stage) const {
  if (stage.heads == 0) return {};
  return Products(stage.heads * stage.rows, ToeplitzGradient<T>(length_, dimension_ / stage.heads));
}

template <NetworkScalar T>
void TokenMixingGradient<T>::update() {
  set_taps(first_, block_->token_mixer.first);
  set_taps(second_, block_->token_mixer.second);
  inverse_sums_ = inverse_row_sums(block_->token_mixer.first);
}

template <NetworkScalar T>
void TokenMixingGradient<T>::extend(Buffers& buffers, std::size_t rows) const {
  buffers.one.resize(rows * dimension_);
  buffers.other.resize(rows * dimension_);
  first_.front().extend(buffers.scratch);
  if (has_derived_taps() && buffers.taps.weight.empty()) buffers.taps = block_->token_mixer.first;
}

template <NetworkScalar T>
void TokenMixingGradient<T>::pass_stage(const Products& products, MatrixView<const T> in,
                                        MatrixView<const T> gout, MatrixView<T> gin, std::size_t sequences,
                                        ToeplitzStage<T>& parameters,
                                        typename ToeplitzGradient<T>::Scratch& scratch) const {
  const std::size_t m = in.rows / sequences, width = dimension_ / parameters.heads;
  std::fill_n(gin.data, gin.rows * gin.cols, T{0});
  for (std::size_t i = 0; i < products.size(); ++i) {
    const std::size_t head = i / parameters.rows;
    const auto [read, write, count] =
        kernel_row_channels(parameters.rows, i % parameters.rows, head * width, (head + 1) * width);
    if (count == 0) continue;
    products[i].start(scratch);
    for (std::size_t s = 0; s < sequences; ++s)
      products[i].add(in.middle_rows(s * m, m).middle_cols(read, count),
                      gout.middle_rows(s * m, m).middle_cols(write, count),
                      gin.middle_rows(s * m, m).middle_cols(read, count), scratch);
    products[i].finish(scratch,
                       std::span(parameters.weight).subspan(i * parameters.context, parameters.context));
  }
}

template <NetworkScalar T>
void TokenMixingGradient<T>::add_stage_bias(MatrixView<const T> gradient, std::size_t sequences,
                                            ToeplitzStage<T>& parameters) const {
  const std::size_t m = gradient.rows / sequences, width = dimension_ / parameters.heads;
  for (std::size_t head = 0; head < parameters.heads; ++head)
    for (std::size_t s = 0; s < sequences; ++s)
      add_row_sums(gradient.middle_rows(s * m, m).middle_cols(head * width, width),
                   parameters.bias.data() + head * parameters.context);
}

// y_t = v_t/c_t + b_t with v = T u: gv_t = gy_t/c_t, and c_t, the sum of the taps up to t, has the gradient
// −Σ gy_t·v_t/c_t² = −Σ gy_t·(y_t − b_t)/c_t, summed over channels and sequences.
template <NetworkScalar T>
void TokenMixingGradient<T>::pass_division(MatrixView<const T> mixed, MatrixView<const T> gout,
                                           MatrixView<T> gin, std::size_t sequences,
                                           ToeplitzStage<T>& taps) const {
  const std::size_t m = gout.rows / sequences, width = dimension_ / taps.heads, n = taps.context;
  for (std::size_t head = 0; head < taps.heads; ++head) {
    const T* bias = block_->token_mixer.first.bias.data() + head * n;
    const T* inverse = inverse_sums_.data() + head * n;
    T below = 0;  // Σ_{t≥k} gc_t
    for (std::size_t t = m; t-- > 0;) {
      T sum = 0;
      for (std::size_t row = t; row < gout.rows; row += m) {
        const T *y = mixed.row(row) + head * width, *gy = gout.row(row) + head * width;
        T* gv = gin.row(row) + head * width;
        for (std::size_t j = 0; j < width; ++j) {
          sum += gy[j] * (y[j] - bias[t]);
          gv[j] = gy[j] * inverse[t];
        }
      }
      below -= sum * inverse[t];
      taps.weight[head * n + t] += below;
    }
  }
}

template <NetworkScalar T>
void TokenMixingGradient<T>::pass_activation(MatrixView<const T> expanded, MatrixView<T> gradient,
                                             std::size_t sequences, ToeplitzStage<T>& parameters) const {
  const ToeplitzStage<T>& stage = block_->token_mixer.first;
  const std::size_t m = gradient.rows / sequences, width = dimension_ / stage.heads;
  for (std::size_t head = 0; head < stage.heads; ++head)
    for (std::size_t s = 0; s < sequences; ++s)
      silu_gradient_with_row_bias(expanded.middle_rows(s * m, m).middle_cols(head * width, width),
                                  stage.bias.data() + head * stage.context,
                                  gradient.middle_rows(s * m, m).middle_cols(head * width, width),
                                  parameters.bias.data() + head * stage.context);
}

template <NetworkScalar T>
void TokenMixingGradient<T>::run(MatrixView<const T> x, const TokenMixingRecord<T>& record,
                                 std::size_t sequences, MatrixView<T> gradient, Block<T>& parameters,
                                 Buffers& buffers) const {
  const TokenMixer<T>& mixer = block_->token_mixer;
  TokenMixer<T>& sums = parameters.token_mixer;
  // All (sequences·m, d). `here` is the gradient as it comes in to each part, `next` as it goes out of it.
  MatrixView<T> here = gradient, next(buffers.one.data(), x.rows, dimension_);
  MatrixView<T> spare(buffers.other.data(), x.rows, dimension_);
  const auto advance = [&] {
    here = next;
    std::swap(next, spare);
  };
  if (has_projections()) {
    linear_gradient<T>(mixer.out, record.mixed, here, sums.out, next);
    advance();
  }
  if (is_expanded()) {
    add_stage_bias(here, sequences, sums.second);
    pass_stage(second_, record.activated, here, next, sequences, sums.second, buffers.scratch);
    pass_activation(record.expanded, next, sequences, sums.first);
    advance();
  } else {
    add_stage_bias(here, sequences, sums.first);
  }
  ToeplitzStage<T>& taps = has_derived_taps() ? buffers.taps : sums.first;
  if (has_derived_taps()) std::ranges::fill(taps.weight, T{0});
  if (!inverse_sums_.empty()) {
    pass_division(record.mixed, here, next, sequences, taps);
    advance();
  }
  pass_stage(first_, has_projections() ? record.projected : record.normalized, here, next, sequences, taps,
             buffers.scratch);
  if (has_derived_taps()) add_tap_gradient<T>(mixer.first, taps.weight, sums.first.weight);
  advance();
  if (has_projections()) {
    linear_gradient<T>(mixer.in, record.normalized, here, sums.in, next);
    advance();
  }
  normalize_gradient<T>(block_->token_norm, x, here, gradient, parameters.token_norm);
}

template class TokenMixingGradient<float>;
template class TokenMixingGradient<double>;

}  // namespace tmm::model
