// SPDX-License-Identifier: MIT
#pragma once

#include "model/network/tmm.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// What mixing by dense causal matrices computes on its way, one row a time step.
template <NetworkScalar T>
struct DenseMixingRecord {
  MatrixView<T> normalized;        ///< norm(x) (rows, d)
  MatrixView<T> projected, mixed;  ///< before and after the matrices (rows, d), with projections
};

/// Memory of a DenseMixingRecord.
template <NetworkScalar T>
struct DenseMixingBuffers {
  AlignedVector<T> normalized, projected, mixed;

  DenseMixingBuffers() = default;
  /// For up to `rows` time steps of all sequences together.
  DenseMixingBuffers(std::size_t rows, const Block<T>& block)
      : normalized(rows * block.token_norm.weight.size()),
        projected(rows * block.token_mixer.in.out),
        mixed(rows * block.token_mixer.in.out) {}
  /// The first `rows` time steps.
  [[nodiscard]] DenseMixingRecord<T> record(std::size_t rows, const Block<T>& block) {
    const std::size_t d = block.token_norm.weight.size();
    return {{normalized.data(), rows, d}, {projected.data(), rows, d}, {mixed.data(), rows, d}};
  }
};

/// Mixing over time by dense causal matrices, for sequences x (sequences·m, d):
///   x ← x + out(y), y_t = Σ_{s≤t} W_h[t, s] u_s + b_h[t] on the channels of head h, u = in(norm(x))
/// or, with one matrix alone, without in and out. The result goes to y, which may be x; the record is filled.
/// A masked mixer mixes so: Badger, arXiv 2409.01482. The result does not depend on the number of threads,
/// bit for bit.
template <NetworkScalar T>
void mix_dense(const Block<T>& block, MatrixView<T> x, MatrixView<T> y, std::size_t sequences,
               const DenseMixingRecord<T>& record, std::size_t threads);

/// Working memory of dense_mixing_tangent and of dense_mixing_gradient.
template <NetworkScalar T>
struct DenseGradientBuffers {
  AlignedVector<T> one, other;  ///< gradients between the parts (rows, d)

  DenseGradientBuffers() = default;
  DenseGradientBuffers(std::size_t rows, std::size_t d) : one(rows * d), other(rows * d) {}
};

/// Forward mode: x (sequences·m, d) is what mix_dense took; `tangent` (sequences·m, d) holds ẋ and becomes
///   ẋ + out(ẏ),  ẏ_t = Σ_{s≤t} W_h[t, s] u̇_s,  u̇ = in(ṅ), ṅ the derivative of norm(x) along ẋ, without
///   biases.
template <NetworkScalar T>
void dense_mixing_tangent(const Block<T>& block, MatrixView<const T> x, std::size_t sequences,
                          MatrixView<T> tangent, DenseGradientBuffers<T>& buffers);

/// The way back: x (sequences·m, d) and `record` are what mix_dense took and filled. `gradient`
/// (sequences·m, d) holds that of the result and becomes that of x; those of the block's parameters are added
/// to `parameters`, where the entries above the diagonals stay zero, but for matrices that are empty there.
template <NetworkScalar T>
void dense_mixing_gradient(const Block<T>& block, MatrixView<const T> x, const DenseMixingRecord<T>& record,
                           std::size_t sequences, MatrixView<T> gradient, Block<T>& parameters,
                           DenseGradientBuffers<T>& buffers);

extern template void mix_dense(const Block<float>&, MatrixView<float>, MatrixView<float>, std::size_t,
                               const DenseMixingRecord<float>&, std::size_t);
extern template void mix_dense(const Block<double>&, MatrixView<double>, MatrixView<double>, std::size_t,
                               const DenseMixingRecord<double>&, std::size_t);
extern template void dense_mixing_tangent(const Block<float>&, MatrixView<const float>, std::size_t,
                                          MatrixView<float>, DenseGradientBuffers<float>&);
extern template void dense_mixing_tangent(const Block<double>&, MatrixView<const double>, std::size_t,
                                          MatrixView<double>, DenseGradientBuffers<double>&);
extern template void dense_mixing_gradient(const Block<float>&, MatrixView<const float>,
                                           const DenseMixingRecord<float>&, std::size_t, MatrixView<float>,
                                           Block<float>&, DenseGradientBuffers<float>&);
extern template void dense_mixing_gradient(const Block<double>&, MatrixView<const double>,
                                           const DenseMixingRecord<double>&, std::size_t, MatrixView<double>,
                                           Block<double>&, DenseGradientBuffers<double>&);

}  // namespace tmm::model
