// SPDX-License-Identifier: MIT
#pragma once

#include "model/network/tmm.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// What the bottleneck computes on its way, for one sequence.
template <NetworkScalar T>
struct BottleneckBuffers {
  AlignedVector<T> code;        ///< z (d), after up(down(z)) where there is compression
  AlignedVector<T> compressed;  ///< down(z)
  AlignedVector<T> windows;     ///< (d, d/2), the distinct windows of z
  AlignedVector<T> code_gradient, compressed_gradient;  ///< of the way back

  BottleneckBuffers() = default;
  explicit BottleneckBuffers(const Tmm<T>& network)
      : code(network.architecture.embedding),
        compressed(network.down.out),
        windows(network.projection.out * network.projection.in),
        code_gradient(network.architecture.embedding),
        compressed_gradient(network.down.out) {}
};

/// The bottleneck of an autoencoder, for one sequence x (m, d) in place: z = x_{m−c}, c = code_from_end of
/// the form, z ← up(down(z)) if the network has these, and
///   x_t = projection·window_t + bias,  window_t = z[(t mod d) … (t mod d) + d/2 − 1], indices mod d,
/// or x_t = z where the code is not unrolled. Throws ArgumentError if m < c.
template <NetworkScalar T>
void pass_bottleneck(const Tmm<T>& network, MatrixView<T> x, BottleneckBuffers<T>& buffers);

/// Forward mode, for one sequence: `tangent` (m, d) holds that of the input, of which only row m − c is read,
/// and becomes that of the result. All is linear but for the biases: the same without these.
template <NetworkScalar T>
void bottleneck_tangent(const Tmm<T>& network, MatrixView<T> tangent, BottleneckBuffers<T>& buffers);

/// The way back, for one sequence: `input` (m, d) is what pass_bottleneck took, of which only row
/// m − c is read; `gradient` (m, d) holds that of the result and becomes that of the input, which is 0 but
/// for that row. Gradients of the bottleneck's parameters are added to those of `parameters`.
template <NetworkScalar T>
void bottleneck_gradient(const Tmm<T>& network, MatrixView<const T> input, MatrixView<T> gradient,
                         Tmm<T>& parameters, BottleneckBuffers<T>& buffers);

extern template void pass_bottleneck(const Tmm<float>&, MatrixView<float>, BottleneckBuffers<float>&);
extern template void pass_bottleneck(const Tmm<double>&, MatrixView<double>, BottleneckBuffers<double>&);
extern template void bottleneck_tangent(const Tmm<float>&, MatrixView<float>, BottleneckBuffers<float>&);
extern template void bottleneck_tangent(const Tmm<double>&, MatrixView<double>, BottleneckBuffers<double>&);
extern template void bottleneck_gradient(const Tmm<float>&, MatrixView<const float>, MatrixView<float>,
                                         Tmm<float>&, BottleneckBuffers<float>&);
extern template void bottleneck_gradient(const Tmm<double>&, MatrixView<const double>, MatrixView<double>,
                                         Tmm<double>&, BottleneckBuffers<double>&);

}  // namespace tmm::model
