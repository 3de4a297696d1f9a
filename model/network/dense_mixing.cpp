// SPDX-License-Identifier: MIT
#include "model/network/dense_mixing.hpp"

#include <algorithm>

#include "model/base/matrix_product.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {
namespace {

// So many rows at a time are multiplied by what stands left of their last diagonal entry.
constexpr std::size_t rows_of_tile = 64;

/// y += W u, W (n, n) lower triangular with zeros above the diagonal; u and y are (m, ·), m ≤ n.
template <NetworkScalar T>
void multiply_causal_add(const T* w, std::size_t n, MatrixView<const T> u, MatrixView<T> y) {
  for (std::size_t first = 0; first < y.rows; first += rows_of_tile) {
    const std::size_t count = std::min(rows_of_tile, y.rows - first), end = first + count;
    const MatrixView<const T> tile(w + first * n, count, end, n);
    multiply(tile, u.middle_rows(0, end), T{1}, y.middle_rows(first, count));
  }
}

}  // namespace

template <NetworkScalar T>
void mix_dense(const Block<T>& block, MatrixView<T> x, DenseMixingBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const std::size_t m = x.rows, d = x.cols, n = mixer.dense.context, width = d / mixer.dense.heads;
  const bool projections = mixer.in.out != 0;
  const MatrixView<T> normalized(buffers.normalized.data(), m, d);
  LayerNormArguments<T> norm{.x = x, .y = normalized};
  if (projections)
    norm.column_shift = mixer.out.bias.data();
  else
    norm.row_shift = mixer.dense.bias.data();
  normalize(block.token_norm, norm);
  if (!projections) return multiply_causal_add<T>(mixer.dense.weight.data(), n, normalized, x);
  const MatrixView<T> u(buffers.projected.data(), m, d), y(buffers.mixed.data(), m, d);
  for (std::size_t t = 0; t < m; ++t) {
    std::ranges::copy(mixer.in.bias, u.row(t));
    for (std::size_t h = 0; h < mixer.dense.heads; ++h)
      std::fill_n(y.row(t) + h * width, width, mixer.dense.bias[h * n + t]);
  }
  multiply_transposed(normalized, mixer.in.matrix(), T{1}, u);
  for (std::size_t h = 0; h < mixer.dense.heads; ++h)
    multiply_causal_add<T>(mixer.dense.weight.data() + h * n * n, n, u.middle_cols(h * width, width),
                           y.middle_cols(h * width, width));
  multiply_transposed(y, mixer.out.matrix(), T{1}, x);
}

template void mix_dense(const Block<float>&, MatrixView<float>, DenseMixingBuffers<float>&);
template void mix_dense(const Block<double>&, MatrixView<double>, DenseMixingBuffers<double>&);

}  // namespace tmm::model
