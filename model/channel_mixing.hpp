// SPDX-License-Identifier: MIT
#pragma once

#include "model/fft.hpp"
#include "model/tmm.hpp"

namespace tmm::model {

/// What channel mixing computes on its way, for up to `rows` rows.
template <NetworkScalar T>
struct ChannelMixingBuffers {
  AlignedVector<T> normalized;  ///< LN(x) (rows, d)
  AlignedVector<T> hidden;      ///< C1·LN(x), then SiLU(C1·LN(x) + c1) (rows, hidden)

  ChannelMixingBuffers() = default;
  ChannelMixingBuffers(std::size_t rows, const Architecture& a)
      : normalized(rows * a.embedding), hidden(rows * a.hidden) {}
};

/// x ← x + C2·SiLU(C1·LN(x) + c1) + c2 for every row of x (rows, d). Rows do not depend on each other.
template <NetworkScalar T>
void channel_mixing(const Block<T>& block, MatrixView<T> x, ChannelMixingBuffers<T>& buffers);

extern template void channel_mixing(const Block<float>&, MatrixView<float>, ChannelMixingBuffers<float>&);
extern template void channel_mixing(const Block<double>&, MatrixView<double>, ChannelMixingBuffers<double>&);

}  // namespace tmm::model
