// SPDX-License-Identifier: MIT
#include "model/bottleneck.hpp"

#include <algorithm>

#include "model/matrix_product.hpp"

namespace tmm::model {
namespace {

/// y = W x + b for every row of x.
template <NetworkScalar T>
void apply(const Linear<T>& linear, MatrixView<const T> x, MatrixView<T> y) {
  for (std::size_t i = 0; i < y.rows; ++i) std::copy(linear.bias.begin(), linear.bias.end(), y.row(i));
  multiply_transposed(x, linear.matrix(), T{1}, y);
}

}  // namespace

template <NetworkScalar T>
void pass_bottleneck(const Tmm<T>& network, MatrixView<T> x, BottleneckBuffers<T>& buffers) {
  const std::size_t d = x.cols, half = network.projection.in, distinct = std::min(x.rows, d);
  const MatrixView<T> code(buffers.code.data(), 1, d);
  std::copy_n(x.row(x.rows - 1), d, code.data);
  if (network.down.out != 0) {
    const MatrixView<T> compressed(buffers.compressed.data(), 1, network.down.out);
    apply<T>(network.down, code, compressed);
    apply<T>(network.up, compressed, code);
  }
  const MatrixView<T> windows(buffers.windows.data(), distinct, half);
  for (std::size_t t = 0; t < distinct; ++t)
    for (std::size_t j = 0; j < half; ++j) windows.row(t)[j] = code.data[(t + j) % d];
  apply<T>(network.projection, windows, x.middle_rows(0, distinct));
  for (std::size_t t = distinct; t < x.rows; ++t) std::copy_n(x.row(t - d), d, x.row(t));
}

template void pass_bottleneck(const Tmm<float>&, MatrixView<float>, BottleneckBuffers<float>&);
template void pass_bottleneck(const Tmm<double>&, MatrixView<double>, BottleneckBuffers<double>&);

}  // namespace tmm::model
