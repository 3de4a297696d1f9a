// SPDX-License-Identifier: MIT
#include "model/network/bottleneck.hpp"

#include <algorithm>
#include <string>

#include "model/base/error.hpp"
#include "model/base/matrix_product.hpp"
#include "model/network/bias_gradient.hpp"
#include "model/network/linear_gradient.hpp"

namespace tmm::model {
namespace {

/// y = W x + b for every row of x.
template <NetworkScalar T>
void apply(const Linear<T>& linear, MatrixView<const T> x, MatrixView<T> y) {
  for (std::size_t i = 0; i < y.rows; ++i) std::copy(linear.bias.begin(), linear.bias.end(), y.row(i));
  multiply_transposed(x, linear.matrix(), T{1}, y);
}

/// Which row of m is the code.
template <NetworkScalar T>
std::size_t code_row(const Tmm<T>& network, std::size_t m) {
  const std::size_t back = network.architecture.form.code_from_end;
  if (m < back)
    throw ArgumentError("the sequence ends before its code",
                        {"", "", "at least " + std::to_string(back) + " tokens", std::to_string(m), ""});
  return m - back;
}

/// Fills code and compressed from z, one row of the encoder's output.
template <NetworkScalar T>
void make_code(const Tmm<T>& network, const T* z, BottleneckBuffers<T>& buffers) {
  const std::size_t d = network.architecture.embedding;
  const MatrixView<T> code(buffers.code.data(), 1, d);
  std::copy_n(z, d, code.data);
  if (network.down.out == 0) return;
  const MatrixView<T> compressed(buffers.compressed.data(), 1, network.down.out);
  apply<T>(network.down, code, compressed);
  apply<T>(network.up, compressed, code);
}

/// The windows of the code that differ, of `rows` positions.
template <NetworkScalar T>
MatrixView<T> make_windows(const Tmm<T>& network, std::size_t rows, BottleneckBuffers<T>& buffers) {
  const std::size_t half = network.projection.in, d = network.projection.out, distinct = std::min(rows, d);
  const MatrixView<T> windows(buffers.windows.data(), distinct, half);
  for (std::size_t t = 0; t < distinct; ++t)
    for (std::size_t j = 0; j < half; ++j) windows.row(t)[j] = buffers.code[(t + j) % d];
  return windows;
}

}  // namespace

template <NetworkScalar T>
void pass_bottleneck(const Tmm<T>& network, MatrixView<T> x, BottleneckBuffers<T>& buffers) {
  const std::size_t d = x.cols;
  make_code<T>(network, x.row(code_row(network, x.rows)), buffers);
  if (!network.architecture.form.unroll) {
    for (std::size_t t = 0; t < x.rows; ++t) std::copy_n(buffers.code.data(), d, x.row(t));
    return;
  }
  const MatrixView<T> windows = make_windows<T>(network, x.rows, buffers);
  apply<T>(network.projection, windows, x.middle_rows(0, windows.rows));
  for (std::size_t t = windows.rows; t < x.rows; ++t) std::copy_n(x.row(t - d), d, x.row(t));
}

template <NetworkScalar T>
void bottleneck_tangent(const Tmm<T>& network, MatrixView<T> tangent, BottleneckBuffers<T>& buffers) {
  const std::size_t m = tangent.rows, d = tangent.cols;
  const MatrixView<T> code(buffers.code.data(), 1, d);
  std::copy_n(tangent.row(code_row(network, m)), d, code.data);
  if (network.down.out != 0) {
    const MatrixView<T> compressed(buffers.compressed.data(), 1, network.down.out);
    linear_tangent<T>(network.down, code, T{0}, compressed);
    linear_tangent<T>(network.up, compressed, T{0}, code);
  }
  if (!network.architecture.form.unroll) {
    for (std::size_t t = 0; t < m; ++t) std::copy_n(code.data, d, tangent.row(t));
    return;
  }
  const MatrixView<T> windows = make_windows<T>(network, m, buffers);
  linear_tangent<T>(network.projection, windows, T{0}, tangent.middle_rows(0, windows.rows));
  for (std::size_t t = windows.rows; t < m; ++t) std::copy_n(tangent.row(t - d), d, tangent.row(t));
}

namespace {

/// code_gradient from that of the decoder's input; parameters of the projection take theirs.
template <NetworkScalar T>
void unrolled_gradient(const Tmm<T>& network, MatrixView<T> gradient, Tmm<T>& parameters,
                       BottleneckBuffers<T>& buffers) {
  const std::size_t m = gradient.rows, d = gradient.cols, half = network.projection.in;
  const MatrixView<T> windows = make_windows(network, m, buffers);
  // Positions d apart have the same window: their gradients add up. From the end, so that all reach the
  // front.
  for (std::size_t t = m; t-- > windows.rows;)
    for (std::size_t j = 0; j < d; ++j) gradient.row(t - d)[j] += gradient.row(t)[j];
  const MatrixView<T> first = gradient.middle_rows(0, windows.rows);  // (min(m, d), d)
  linear_gradient<T>(network.projection, windows, first, parameters.projection, windows);
  for (std::size_t t = 0; t < windows.rows; ++t)
    for (std::size_t j = 0; j < half; ++j) buffers.code_gradient[(t + j) % d] += windows.row(t)[j];
}

}  // namespace

template <NetworkScalar T>
void bottleneck_gradient(const Tmm<T>& network, MatrixView<const T> input, MatrixView<T> gradient,
                         Tmm<T>& parameters, BottleneckBuffers<T>& buffers) {
  const std::size_t m = input.rows, d = input.cols, row = code_row(network, m);
  const T* z = input.row(row);
  make_code<T>(network, z, buffers);
  const MatrixView<T> code_gradient(buffers.code_gradient.data(), 1, d);
  std::fill_n(code_gradient.data, d, T{0});
  if (network.architecture.form.unroll)
    unrolled_gradient(network, gradient, parameters, buffers);
  else
    add_column_sums(gradient, code_gradient.data);
  for (std::size_t t = 0; t < m; ++t) std::fill_n(gradient.row(t), d, T{0});
  const MatrixView<T> z_gradient = gradient.middle_rows(row, 1);
  if (network.down.out == 0) {
    std::copy_n(code_gradient.data, d, z_gradient.data);
    return;
  }
  const MatrixView<T> compressed(buffers.compressed.data(), 1, network.down.out);
  const MatrixView<T> compressed_gradient(buffers.compressed_gradient.data(), 1, network.down.out);
  linear_gradient<T>(network.up, compressed, code_gradient, parameters.up, compressed_gradient);
  linear_gradient<T>(network.down, {z, 1, d}, compressed_gradient, parameters.down, z_gradient);
}

template void pass_bottleneck(const Tmm<float>&, MatrixView<float>, BottleneckBuffers<float>&);
template void pass_bottleneck(const Tmm<double>&, MatrixView<double>, BottleneckBuffers<double>&);
template void bottleneck_tangent(const Tmm<float>&, MatrixView<float>, BottleneckBuffers<float>&);
template void bottleneck_tangent(const Tmm<double>&, MatrixView<double>, BottleneckBuffers<double>&);
template void bottleneck_gradient(const Tmm<float>&, MatrixView<const float>, MatrixView<float>, Tmm<float>&,
                                  BottleneckBuffers<float>&);
template void bottleneck_gradient(const Tmm<double>&, MatrixView<const double>, MatrixView<double>,
                                  Tmm<double>&, BottleneckBuffers<double>&);

}  // namespace tmm::model
