// SPDX-License-Identifier: MIT
#include "model/network/attention.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/matrix_product.hpp"
#include "model/base/parallel.hpp"
#include "model/network/causal_softmax.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {
namespace {

// Rows that threads share out; their number does not depend on the number of threads.
constexpr std::size_t rows_of_piece = 256;

std::size_t ceiling(std::size_t count, std::size_t of_one) {
  return (count + of_one - 1) / of_one;
}

}  // namespace

template <NetworkScalar T>
AttentionLayer<T>::AttentionLayer(const Block<T>& block, std::size_t length)
    : block_(&block), length_(length), dimension_(block.token_norm.weight.size()) {
  update();
}

template <NetworkScalar T>
void AttentionLayer<T>::update() {
  rotation_ = Rotation<T>(block_->token_mixer.attention.frequencies, length_);
}

template <NetworkScalar T>
T AttentionLayer<T>::scale() const {
  return static_cast<T>(1 / std::sqrt(static_cast<double>(width())));
}

template <NetworkScalar T>
AttentionBuffers<T> AttentionLayer<T>::make_buffers(std::size_t rows, std::size_t threads) const {
  const std::size_t d = dimension_, tile = queries_of_tile * length_;
  return {AlignedVector<T>(rows * d), AlignedVector<T>(3 * rows * d), AlignedVector<T>(rows * d),
          AlignedVector<T>(rows * heads()), std::vector<AlignedVector<T>>(threads, AlignedVector<T>(tile))};
}

template <NetworkScalar T>
AttentionRecord<T> AttentionLayer<T>::record(std::size_t rows, AttentionBuffers<T>& buffers) const {
  return {{buffers.normalized.data(), rows, dimension_},
          {buffers.projected.data(), rows, 3 * dimension_},
          {buffers.mixed.data(), rows, dimension_},
          {buffers.log_sums.data(), rows, heads()}};
}

// Rows first_row … of all sequences: u, then q/√w, k and v in one product with (3d, d).
template <NetworkScalar T>
void AttentionLayer<T>::project(MatrixView<T> x, MatrixView<T> y, std::size_t m,
                                const AttentionRecord<T>& record, std::size_t first_row) const {
  const std::size_t count = std::min(rows_of_piece, x.rows - first_row), d = dimension_;
  const MatrixView<T> normalized = record.normalized.middle_rows(first_row, count),
                      projected = record.projected.middle_rows(first_row, count);
  normalize(block_->token_norm, LayerNormArguments<T>{.x = x.middle_rows(first_row, count),
                                                      .y = normalized,
                                                      .shifted = y.middle_rows(first_row, count)});
  multiply_transposed(normalized, block_->token_mixer.attention.matrix(), T{0}, projected);
  for (std::size_t row = 0; row < count;) {  // a piece may begin and end inside sequences
    const std::size_t t = (first_row + row) % m, here = std::min(count - row, m - t);
    rotation_.turn(projected.middle_cols(0, d).middle_rows(row, here), here, scale(), t);
    rotation_.turn(projected.middle_cols(d, d).middle_rows(row, here), here, T{1}, t);
    row += here;
  }
}

// Queries first … first + 63 of a head against keys 0 … of the same sequence:
//   s = q·kᵀ (queries, keys), softmax, y = p·v (queries, w).
template <NetworkScalar T>
void AttentionLayer<T>::attend(const AttentionRecord<T>& of_sequence, std::size_t head, std::size_t first,
                               AlignedVector<T>& scores) const {
  const std::size_t w = width(), d = dimension_;
  const std::size_t count = std::min(queries_of_tile, of_sequence.mixed.rows - first), end = first + count;
  const MatrixView<T> all = of_sequence.projected, s(scores.data(), count, end);
  const MatrixView<T> keys = all.middle_rows(0, end).middle_cols(d + head * w, w);
  const MatrixView<T> values = all.middle_rows(0, end).middle_cols(2 * d + head * w, w);
  multiply_transposed(all.middle_rows(first, count).middle_cols(head * w, w), keys, T{0}, s);
  causal_softmax(s, first, of_sequence.log_sums.middle_cols(head, 1));
  multiply(s, values, T{0}, of_sequence.mixed.middle_rows(first, count).middle_cols(head * w, w));
}

template <NetworkScalar T>
void AttentionLayer<T>::forward(MatrixView<T> x, MatrixView<T> y, std::size_t sequences,
                                AttentionBuffers<T>& buffers, std::size_t threads) const {
  const AttentionRecord<T> all = record(x.rows, buffers);
  const std::size_t m = x.rows / sequences, pieces = ceiling(x.rows, rows_of_piece);
  const std::size_t tiles = ceiling(m, queries_of_tile);
  parallel_for(pieces, threads,
               [&](std::size_t piece, std::size_t) { project(x, y, m, all, piece * rows_of_piece); });
  parallel_for(sequences * heads() * tiles, threads, [&](std::size_t part, std::size_t worker) {
    const std::size_t s = part / (heads() * tiles), head = part / tiles % heads();
    const AttentionRecord<T> own{all.normalized.middle_rows(s * m, m), all.projected.middle_rows(s * m, m),
                                 all.mixed.middle_rows(s * m, m), all.log_sums.middle_rows(s * m, m)};
    attend(own, head, part % tiles * queries_of_tile, buffers.scores[worker]);
  });
  parallel_for(pieces, threads, [&](std::size_t piece, std::size_t) {
    const std::size_t first = piece * rows_of_piece, count = std::min(rows_of_piece, x.rows - first);
    multiply_transposed(all.mixed.middle_rows(first, count), block_->token_mixer.out.matrix(), T{1},
                        y.middle_rows(first, count));
  });
}

template class AttentionLayer<float>;
template class AttentionLayer<double>;

}  // namespace tmm::model
