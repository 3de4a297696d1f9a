// SPDX-License-Identifier: MIT
#include "model/network/dense_mixing.hpp"

#include <algorithm>

#include "model/base/matrix_product.hpp"
#include "model/base/parallel.hpp"
#include "model/network/bias_gradient.hpp"
#include "model/network/linear_gradient.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {
namespace {

// So many rows at a time are multiplied by what stands left of their last diagonal entry.
constexpr std::size_t rows_of_tile = 64;

/// Rows of one tile of a matrix W (n, n): first … first + count − 1, up to column end − 1.
struct Tile {
  std::size_t first, count, end;

  Tile(std::size_t index, std::size_t m)
      : first(index * rows_of_tile), count(std::min(rows_of_tile, m - first)), end(first + count) {}
  template <NetworkScalar T>
  [[nodiscard]] MatrixView<T> of(T* w, std::size_t n) const {
    return {w + first * n, count, end, n};
  }
};

std::size_t tiles_of(std::size_t m) {
  return (m + rows_of_tile - 1) / rows_of_tile;
}

/// One head of one sequence: y += W u, u and y (m, w).
template <NetworkScalar T>
void multiply_tile(const T* weight, std::size_t n, const Tile& tile, MatrixView<const T> u, MatrixView<T> y) {
  multiply(tile.of(weight, n), u.middle_rows(0, tile.end), T{1}, y.middle_rows(tile.first, tile.count));
}

/// Its way back: gu = Wᵀ gy, gW += gy·uᵀ below the diagonal and on it, gb += Σ gy.
template <NetworkScalar T>
void head_gradient(const T* weight, std::size_t n, MatrixView<const T> u, MatrixView<const T> gy,
                   MatrixView<T> gu, T* weight_gradient, T* bias_gradient) {
  for (std::size_t t = 0; t < gu.rows; ++t) std::fill_n(gu.row(t), gu.cols, T{0});
  for (std::size_t i = 0; i < tiles_of(u.rows); ++i) {
    const Tile tile(i, u.rows);
    const MatrixView<const T> gy_tile = gy.middle_rows(tile.first, tile.count);
    transposed_multiply(tile.of(weight, n), gy_tile, T{1}, gu.middle_rows(0, tile.end));  // (end, w)
    if (weight_gradient == nullptr) continue;
    const MatrixView<T> sums = tile.of(weight_gradient, n);
    multiply_transposed(gy_tile, u.middle_rows(0, tile.end), T{1}, sums);  // (count, end)
    for (std::size_t t = 0; t < tile.count; ++t)
      std::fill(sums.row(t) + tile.first + t + 1, sums.row(t) + tile.end, T{0});
  }
  add_row_sums(gy, bias_gradient);
}

}  // namespace

template <NetworkScalar T>
void mix_dense(const Block<T>& block, MatrixView<T> x, MatrixView<T> y, std::size_t sequences,
               const DenseMixingRecord<T>& record, std::size_t threads) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const DenseStage<T>& dense = mixer.dense;
  const std::size_t m = x.rows / sequences, n = dense.context, width = x.cols / dense.heads;
  const bool projections = mixer.in.out != 0;
  parallel_for(sequences, threads, [&](std::size_t s, std::size_t) {
    const MatrixView<T> normalized = record.normalized.middle_rows(s * m, m);
    LayerNormArguments<T> norm{.x = x.middle_rows(s * m, m), .y = normalized};
    if (projections)
      norm.column_shift = mixer.out.bias.data();
    else
      norm.row_shift = dense.bias.data();
    norm.shifted = y.middle_rows(s * m, m);
    normalize(block.token_norm, norm);
    if (!projections) return;
    const MatrixView<T> u = record.projected.middle_rows(s * m, m), v = record.mixed.middle_rows(s * m, m);
    for (std::size_t t = 0; t < m; ++t) {
      std::ranges::copy(mixer.in.bias, u.row(t));
      for (std::size_t h = 0; h < dense.heads; ++h)
        std::fill_n(v.row(t) + h * width, width, dense.bias[h * n + t]);
    }
    multiply_transposed(normalized, mixer.in.matrix(), T{1}, u);
  });
  const std::size_t tiles = tiles_of(m);
  const MatrixView<T> input = projections ? record.projected : record.normalized,
                      output = projections ? record.mixed : y;
  parallel_for(sequences * dense.heads * tiles, threads, [&](std::size_t part, std::size_t) {
    const std::size_t s = part / (dense.heads * tiles), h = part / tiles % dense.heads;
    multiply_tile<T>(dense.weight.data() + h * n * n, n, Tile(part % tiles, m),
                     input.middle_rows(s * m, m).middle_cols(h * width, width),
                     output.middle_rows(s * m, m).middle_cols(h * width, width));
  });
  if (!projections) return;
  parallel_for(sequences, threads, [&](std::size_t s, std::size_t) {
    multiply_transposed(record.mixed.middle_rows(s * m, m), mixer.out.matrix(), T{1},
                        y.middle_rows(s * m, m));
  });
}

template <NetworkScalar T>
void dense_mixing_tangent(const Block<T>& block, MatrixView<const T> x, std::size_t sequences,
                          MatrixView<T> tangent, DenseGradientBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const DenseStage<T>& dense = mixer.dense;
  const std::size_t m = x.rows / sequences, n = dense.context, width = x.cols / dense.heads;
  const bool projections = mixer.in.out != 0;
  MatrixView<T> here(buffers.one.data(), x.rows, x.cols), next(buffers.other.data(), x.rows, x.cols);
  normalize_tangent<T>(block.token_norm, x, tangent, here);
  if (projections) {
    linear_tangent<T>(mixer.in, here, T{0}, next);
    std::swap(here, next);
    std::fill_n(next.data, x.rows * x.cols, T{0});
  } else {
    next = tangent;
  }
  for (std::size_t s = 0; s < sequences; ++s)
    for (std::size_t h = 0; h < dense.heads; ++h)
      for (std::size_t i = 0; i < tiles_of(m); ++i)
        multiply_tile<T>(dense.weight.data() + h * n * n, n, Tile(i, m),
                         here.middle_rows(s * m, m).middle_cols(h * width, width),
                         next.middle_rows(s * m, m).middle_cols(h * width, width));
  if (projections) linear_tangent<T>(mixer.out, next, T{1}, tangent);
}

template <NetworkScalar T>
void dense_mixing_gradient(const Block<T>& block, MatrixView<const T> x, const DenseMixingRecord<T>& record,
                           std::size_t sequences, MatrixView<T> gradient, Block<T>& parameters,
                           DenseGradientBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = block.token_mixer;
  const DenseStage<T>& dense = mixer.dense;
  TokenMixer<T>& sums = parameters.token_mixer;
  const std::size_t m = x.rows / sequences, n = dense.context, width = x.cols / dense.heads;
  const bool projections = mixer.in.out != 0;
  MatrixView<T> here = gradient, next(buffers.one.data(), x.rows, x.cols);
  if (projections) {
    linear_gradient<T>(mixer.out, record.mixed, here, sums.out, next);
    here = next;
    next = MatrixView<T>(buffers.other.data(), x.rows, x.cols);
  }
  const MatrixView<T> input = projections ? record.projected : record.normalized;
  for (std::size_t s = 0; s < sequences; ++s)
    for (std::size_t h = 0; h < dense.heads; ++h) {
      const auto part = [&](MatrixView<T> all) {
        return all.middle_rows(s * m, m).middle_cols(h * width, width);
      };
      head_gradient<T>(dense.weight.data() + h * n * n, n, part(input), part(here), part(next),
                       sums.dense.weight.empty() ? nullptr : sums.dense.weight.data() + h * n * n,
                       sums.dense.bias.data() + h * n);
    }
  if (projections) {
    linear_gradient<T>(mixer.in, record.normalized, next, sums.in, here);
    std::swap(here, next);
  }
  normalize_gradient<T>(block.token_norm, x, next, gradient, parameters.token_norm);
}

template void mix_dense(const Block<float>&, MatrixView<float>, MatrixView<float>, std::size_t,
                        const DenseMixingRecord<float>&, std::size_t);
template void mix_dense(const Block<double>&, MatrixView<double>, MatrixView<double>, std::size_t,
                        const DenseMixingRecord<double>&, std::size_t);
template void dense_mixing_tangent(const Block<float>&, MatrixView<const float>, std::size_t,
                                   MatrixView<float>, DenseGradientBuffers<float>&);
template void dense_mixing_tangent(const Block<double>&, MatrixView<const double>, std::size_t,
                                   MatrixView<double>, DenseGradientBuffers<double>&);
template void dense_mixing_gradient(const Block<float>&, MatrixView<const float>,
                                    const DenseMixingRecord<float>&, std::size_t, MatrixView<float>,
                                    Block<float>&, DenseGradientBuffers<float>&);
template void dense_mixing_gradient(const Block<double>&, MatrixView<const double>,
                                    const DenseMixingRecord<double>&, std::size_t, MatrixView<double>,
                                    Block<double>&, DenseGradientBuffers<double>&);

}  // namespace tmm::model
