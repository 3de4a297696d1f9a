// SPDX-License-Identifier: MIT
#pragma once

#include "model/network/attention.hpp"

namespace tmm::model {

/// Working memory of attention_gradient.
template <NetworkScalar T>
struct AttentionGradientBuffers {
  AlignedVector<T> projected;               ///< gradients of q/√w, k and v (rows, 3d)
  AlignedVector<T> mixed;                   ///< of what out_proj takes, then of norm(x) (rows, d)
  AlignedVector<T> scores, score_gradient;  ///< of a tile of queries (64, length)

  AttentionGradientBuffers() = default;
  /// For up to `rows` time steps of all sequences together.
  AttentionGradientBuffers(std::size_t rows, const AttentionLayer<T>& layer);
};

/// The way back through an AttentionLayer. x (sequences·m, d) and `record` are what its forward took and
/// filled. `gradient` (sequences·m, d) holds that of the result and becomes that of x; those of the block's
/// parameters are added to `parameters` (the frequencies are none). Scores are computed again from the
/// record, a tile of queries at a time.
template <NetworkScalar T>
void attention_gradient(const AttentionLayer<T>& layer, MatrixView<const T> x,
                        const AttentionRecord<T>& record, std::size_t sequences, MatrixView<T> gradient,
                        Block<T>& parameters, AttentionGradientBuffers<T>& buffers);

extern template struct AttentionGradientBuffers<float>;
extern template struct AttentionGradientBuffers<double>;
extern template void attention_gradient(const AttentionLayer<float>&, MatrixView<const float>,
                                        const AttentionRecord<float>&, std::size_t, MatrixView<float>,
                                        Block<float>&, AttentionGradientBuffers<float>&);
extern template void attention_gradient(const AttentionLayer<double>&, MatrixView<const double>,
                                        const AttentionRecord<double>&, std::size_t, MatrixView<double>,
                                        Block<double>&, AttentionGradientBuffers<double>&);

}  // namespace tmm::model
