// SPDX-License-Identifier: MIT
#pragma once

#include "model/fft.hpp"
#include "model/tmm.hpp"

namespace tmm::model {

/// What the bottleneck computes on its way, for one sequence.
template <NetworkScalar T>
struct BottleneckBuffers {
  AlignedVector<T> code;        ///< z (d), after up(down(z)) where there is compression
  AlignedVector<T> compressed;  ///< down(z)
  AlignedVector<T> windows;     ///< (d, d/2), the distinct windows of z

  BottleneckBuffers() = default;
  explicit BottleneckBuffers(const Tmm<T>& network)
      : code(network.projection.out),
        compressed(network.down.out),
        windows(network.projection.out * network.projection.in) {}
};

/// The bottleneck of an autoencoder, for one sequence x (m, d) in place: z = x_{m−1}, z ← up(down(z)) if the
/// network has these, and
///   x_t = projection·window_t + bias,  window_t = z[(t mod d) … (t mod d) + d/2 − 1], indices mod d.
template <NetworkScalar T>
void pass_bottleneck(const Tmm<T>& network, MatrixView<T> x, BottleneckBuffers<T>& buffers);

extern template void pass_bottleneck(const Tmm<float>&, MatrixView<float>, BottleneckBuffers<float>&);
extern template void pass_bottleneck(const Tmm<double>&, MatrixView<double>, BottleneckBuffers<double>&);

}  // namespace tmm::model
