// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "model/network/tmm.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// What channel mixing computes on its way, for up to `rows` rows.
template <NetworkScalar T>
struct ChannelMixingBuffers {
  AlignedVector<T> normalized;  ///< norm(x) (rows, d)
  AlignedVector<T> hidden;      ///< C1·norm(x), then activation(C1·norm(x) + c1) (rows, hidden)

  ChannelMixingBuffers() = default;
  ChannelMixingBuffers(std::size_t rows, const Architecture& a)
      : normalized(rows * a.embedding), hidden(rows * std::max(a.hidden, a.form.decoder_hidden)) {}
};

/// x ← x + C2·activation(C1·norm(x) + c1) + c2 for every row of x (rows, d). Rows do not depend on each
/// other.
template <NetworkScalar T>
void channel_mixing(const Block<T>& block, MatrixView<T> x, ChannelMixingBuffers<T>& buffers);

/// What the way back through channel mixing reads of the way forth, for the same rows.
template <NetworkScalar T>
struct ChannelMixingRecord {
  MatrixView<T> input;       ///< x as it came in (rows, d)
  MatrixView<T> normalized;  ///< norm(x) (rows, d)
  MatrixView<T> hidden;      ///< C1·norm(x), before bias and activation (rows, hidden)
};

/// The same with the input kept: fills the record, whose `input` is given, and writes the result to y.
/// `activated` (rows, hidden) is working memory; if it is record.hidden that one is lost.
template <NetworkScalar T>
void channel_mixing(const Block<T>& block, const ChannelMixingRecord<T>& record, MatrixView<T> activated,
                    MatrixView<T> y);

/// Forward mode: `tangent` ẋ (rows, d) becomes that of the result,
///   ẏ = ẋ + C2·(activation′(C1·norm(x) + c1) ⊙ C1·ṅ),  ṅ = the derivative of norm(x) along ẋ.
/// `record` is as channel_mixing has filled it; `normalized` (rows, d), `hidden` (rows, hidden): working
/// memory.
template <NetworkScalar T>
void channel_mixing_tangent(const Block<T>& block, const ChannelMixingRecord<T>& record,
                            MatrixView<T> tangent, MatrixView<T> normalized, MatrixView<T> hidden);

/// Working memory of channel_mixing_gradient for up to `rows` rows.
template <NetworkScalar T>
struct ChannelMixingGradientBuffers {
  AlignedVector<T> activated;            ///< activation(C1·norm(x) + c1) (rows, hidden)
  AlignedVector<T> hidden_gradient;      ///< (rows, hidden)
  AlignedVector<T> normalized_gradient;  ///< (rows, d)

  ChannelMixingGradientBuffers() = default;
  ChannelMixingGradientBuffers(std::size_t rows, const Architecture& a)
      : activated(rows * std::max(a.hidden, a.form.decoder_hidden)),
        hidden_gradient(activated.size()),
        normalized_gradient(rows * a.embedding) {}
};

/// The way back: `gradient` (rows, d) holds that of the result and becomes that of x; those of the block's
/// parameters are added to `parameters`, but for matrices that are empty there.
template <NetworkScalar T>
void channel_mixing_gradient(const Block<T>& block, const ChannelMixingRecord<T>& record,
                             MatrixView<T> gradient, Block<T>& parameters,
                             ChannelMixingGradientBuffers<T>& buffers);

extern template void channel_mixing(const Block<float>&, MatrixView<float>, ChannelMixingBuffers<float>&);
extern template void channel_mixing(const Block<double>&, MatrixView<double>, ChannelMixingBuffers<double>&);
extern template void channel_mixing(const Block<float>&, const ChannelMixingRecord<float>&, MatrixView<float>,
                                    MatrixView<float>);
extern template void channel_mixing(const Block<double>&, const ChannelMixingRecord<double>&,
                                    MatrixView<double>, MatrixView<double>);
extern template void channel_mixing_tangent(const Block<float>&, const ChannelMixingRecord<float>&,
                                            MatrixView<float>, MatrixView<float>, MatrixView<float>);
extern template void channel_mixing_tangent(const Block<double>&, const ChannelMixingRecord<double>&,
                                            MatrixView<double>, MatrixView<double>, MatrixView<double>);
extern template void channel_mixing_gradient(const Block<float>&, const ChannelMixingRecord<float>&,
                                             MatrixView<float>, Block<float>&,
                                             ChannelMixingGradientBuffers<float>&);
extern template void channel_mixing_gradient(const Block<double>&, const ChannelMixingRecord<double>&,
                                             MatrixView<double>, Block<double>&,
                                             ChannelMixingGradientBuffers<double>&);

}  // namespace tmm::model
