// SPDX-License-Identifier: MIT
#pragma once

#include "model/network/tmm.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// What mixing by dense causal matrices computes on its way, for one sequence.
template <NetworkScalar T>
struct DenseMixingBuffers {
  AlignedVector<T> normalized;        ///< norm(x) (m, d)
  AlignedVector<T> projected, mixed;  ///< before and after the matrices (m, d), with projections

  DenseMixingBuffers() = default;
  /// For sequences of up to `rows` steps.
  DenseMixingBuffers(std::size_t rows, const Block<T>& block)
      : normalized(rows * block.token_norm.weight.size()),
        projected(rows * block.token_mixer.in.out),
        mixed(rows * block.token_mixer.in.out) {}
};

/// Mixing over time by dense causal matrices, for one sequence x (m, d):
///   x ← x + out(y), y_t = Σ_{s≤t} W_h[t, s] u_s + b_h[t] on the channels of head h, u = in(norm(x))
/// or, with one matrix alone, without in and out.
template <NetworkScalar T>
void mix_dense(const Block<T>& block, MatrixView<T> x, DenseMixingBuffers<T>& buffers);

extern template void mix_dense(const Block<float>&, MatrixView<float>, DenseMixingBuffers<float>&);
extern template void mix_dense(const Block<double>&, MatrixView<double>, DenseMixingBuffers<double>&);

}  // namespace tmm::model
