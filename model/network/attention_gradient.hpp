// SPDX-License-Identifier: MIT
#pragma once

#include "model/network/attention.hpp"

namespace tmm::model {

/// Working memory of attention_tangent and of attention_gradient; below as the latter uses it.
template <NetworkScalar T>
struct AttentionGradientBuffers {
  AlignedVector<T> projected;               ///< gradients of q/√w, k and v (rows, 3d)
  AlignedVector<T> mixed;                   ///< of what out_proj takes, then of norm(x) (rows, d)
  AlignedVector<T> scores, score_gradient;  ///< of a tile of queries (64, length)

  AttentionGradientBuffers() = default;
  /// For up to `rows` time steps of all sequences together.
  AttentionGradientBuffers(std::size_t rows, const AttentionLayer<T>& layer);
};

/// Forward mode of an AttentionLayer. x (sequences·m, d) and `record` are what its forward took and filled.
/// `tangent` (sequences·m, d) holds ẋ and becomes ẋ + O·concat_h(ẏ), with u̇ the derivative of norm(x) along ẋ
/// and q̇, k̇, v̇ made of it as q, k, v are of u, for every head:
///   ṡ_tj = (q̇_t·k_j + q_t·k̇_j)/√w,  ṗ_tj = p_tj(ṡ_tj − Σ_i p_ti ṡ_ti),  ẏ_t = Σ_{j≤t} ṗ_tj v_j + p_tj v̇_j
template <NetworkScalar T>
void attention_tangent(const AttentionLayer<T>& layer, MatrixView<const T> x,
                       const AttentionRecord<T>& record, std::size_t sequences, MatrixView<T> tangent,
                       AttentionGradientBuffers<T>& buffers);

/// The way back through an AttentionLayer. x (sequences·m, d) and `record` are what its forward took and
/// filled. `gradient` (sequences·m, d) holds that of the result and becomes that of x; those of the block's
/// parameters are added to `parameters` (the frequencies are none), but for matrices that are empty there.
/// Scores are computed again from the record, a tile of queries at a time.
template <NetworkScalar T>
void attention_gradient(const AttentionLayer<T>& layer, MatrixView<const T> x,
                        const AttentionRecord<T>& record, std::size_t sequences, MatrixView<T> gradient,
                        Block<T>& parameters, AttentionGradientBuffers<T>& buffers);

extern template struct AttentionGradientBuffers<float>;
extern template struct AttentionGradientBuffers<double>;
extern template void attention_tangent(const AttentionLayer<float>&, MatrixView<const float>,
                                       const AttentionRecord<float>&, std::size_t, MatrixView<float>,
                                       AttentionGradientBuffers<float>&);
extern template void attention_tangent(const AttentionLayer<double>&, MatrixView<const double>,
                                       const AttentionRecord<double>&, std::size_t, MatrixView<double>,
                                       AttentionGradientBuffers<double>&);
extern template void attention_gradient(const AttentionLayer<float>&, MatrixView<const float>,
                                        const AttentionRecord<float>&, std::size_t, MatrixView<float>,
                                        Block<float>&, AttentionGradientBuffers<float>&);
extern template void attention_gradient(const AttentionLayer<double>&, MatrixView<const double>,
                                        const AttentionRecord<double>&, std::size_t, MatrixView<double>,
                                        Block<double>&, AttentionGradientBuffers<double>&);

}  // namespace tmm::model
