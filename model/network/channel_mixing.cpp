// SPDX-License-Identifier: MIT
#include "model/network/channel_mixing.hpp"

#include "model/base/matrix_product.hpp"
#include "model/network/activation.hpp"
#include "model/network/bias_gradient.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {

template <NetworkScalar T>
void channel_mixing(const Block<T>& block, MatrixView<T> x, ChannelMixingBuffers<T>& buffers) {
  const MatrixView<T> normalized(buffers.normalized.data(), x.rows, x.cols);
  const MatrixView<T> hidden(buffers.hidden.data(), x.rows, block.expand.out);
  channel_mixing(block, ChannelMixingRecord<T>{x, normalized, hidden}, hidden, x);
}

template <NetworkScalar T>
void channel_mixing(const Block<T>& block, const ChannelMixingRecord<T>& record, MatrixView<T> activated,
                    MatrixView<T> y) {
  normalize(block.channel_norm, LayerNormArguments<T>{.x = record.input,
                                                      .y = record.normalized,
                                                      .column_shift = block.contract.bias.data(),
                                                      .shifted = y});
  multiply_transposed(record.normalized, block.expand.matrix(), T{0}, record.hidden);
  activate_with_column_bias(block.activation, record.hidden, block.expand.bias.data(), activated);
  multiply_transposed(activated, block.contract.matrix(), T{1}, y);
}

template <NetworkScalar T>
void channel_mixing_tangent(const Block<T>& block, const ChannelMixingRecord<T>& record,
                            MatrixView<T> tangent, MatrixView<T> normalized, MatrixView<T> hidden) {
  normalize_tangent<T>(block.channel_norm, record.input, tangent, normalized);
  multiply_transposed(normalized, block.expand.matrix(), T{0}, hidden);  // (rows, hidden) from (rows, d)
  activation_tangent_with_column_bias<T>(block.activation, record.hidden, block.expand.bias.data(), hidden);
  multiply_transposed(hidden, block.contract.matrix(), T{1}, tangent);  // (rows, d)
}

template <NetworkScalar T>
void channel_mixing_gradient(const Block<T>& block, const ChannelMixingRecord<T>& record,
                             MatrixView<T> gradient, Block<T>& parameters,
                             ChannelMixingGradientBuffers<T>& buffers) {
  const std::size_t rows = gradient.rows, d = gradient.cols, hidden = block.expand.out;
  const MatrixView<T> activated(buffers.activated.data(), rows, hidden);
  const MatrixView<T> hidden_gradient(buffers.hidden_gradient.data(), rows, hidden);
  const MatrixView<T> normalized_gradient(buffers.normalized_gradient.data(), rows, d);
  // y = x + C2·a + c2: (rows, hidden) from (rows, d)
  multiply(gradient, block.contract.matrix(), T{0}, hidden_gradient);
  // a = activation(z + c1)
  activation_gradient_with_column_bias(block.activation, record.hidden, block.expand.bias.data(),
                                       hidden_gradient, parameters.expand.bias.data(), activated);
  if (!parameters.contract.weight.empty())
    transposed_multiply(gradient, activated, T{1}, parameters.contract.matrix());  // (d, hidden)
  add_column_sums(gradient, parameters.contract.bias.data());                      // (d)
  if (!parameters.expand.weight.empty())
    transposed_multiply(hidden_gradient, record.normalized, T{1}, parameters.expand.matrix());  // (hidden, d)
  multiply(hidden_gradient, block.expand.matrix(), T{0}, normalized_gradient);
  normalize_gradient<T>(block.channel_norm, record.input, normalized_gradient, gradient,
                        parameters.channel_norm);
}

template void channel_mixing(const Block<float>&, MatrixView<float>, ChannelMixingBuffers<float>&);
template void channel_mixing(const Block<double>&, MatrixView<double>, ChannelMixingBuffers<double>&);
template void channel_mixing(const Block<float>&, const ChannelMixingRecord<float>&, MatrixView<float>,
                             MatrixView<float>);
template void channel_mixing(const Block<double>&, const ChannelMixingRecord<double>&, MatrixView<double>,
                             MatrixView<double>);
template void channel_mixing_tangent(const Block<float>&, const ChannelMixingRecord<float>&,
                                     MatrixView<float>, MatrixView<float>, MatrixView<float>);
template void channel_mixing_tangent(const Block<double>&, const ChannelMixingRecord<double>&,
                                     MatrixView<double>, MatrixView<double>, MatrixView<double>);
template void channel_mixing_gradient(const Block<float>&, const ChannelMixingRecord<float>&,
                                      MatrixView<float>, Block<float>&, ChannelMixingGradientBuffers<float>&);
template void channel_mixing_gradient(const Block<double>&, const ChannelMixingRecord<double>&,
                                      MatrixView<double>, Block<double>&,
                                      ChannelMixingGradientBuffers<double>&);

}  // namespace tmm::model
