// SPDX-License-Identifier: MIT
#include "model/channel_mixing.hpp"

#include "model/layer_norm.hpp"
#include "model/matrix_product.hpp"
#include "model/silu.hpp"

namespace tmm::model {

template <NetworkScalar T>
void channel_mixing(const Block<T>& block, MatrixView<T> x, ChannelMixingBuffers<T>& buffers) {
  const MatrixView<T> normalized(buffers.normalized.data(), x.rows, x.cols);
  const MatrixView<T> hidden(buffers.hidden.data(), x.rows, block.expand.out);
  layer_norm(LayerNormArguments<T>{x, normalized, block.channel_norm.weight.data(),
                                   block.channel_norm.bias.data(), block.contract.bias.data(), nullptr});
  multiply_transposed(normalized, block.expand.matrix(), T{0}, hidden);
  silu_with_column_bias(hidden, block.expand.bias.data(), hidden);
  multiply_transposed(hidden, block.contract.matrix(), T{1}, x);
}

template void channel_mixing(const Block<float>&, MatrixView<float>, ChannelMixingBuffers<float>&);
template void channel_mixing(const Block<double>&, MatrixView<double>, ChannelMixingBuffers<double>&);

}  // namespace tmm::model
