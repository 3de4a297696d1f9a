// SPDX-License-Identifier: MIT
#include "model/network/attention_gradient.hpp"

#include <algorithm>

#include "model/base/matrix_product.hpp"
#include "model/network/causal_softmax.hpp"
#include "model/network/linear_gradient.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {
namespace {

/// Queries, keys or values of one head of one sequence, (m, w).
template <NetworkScalar T>
struct HeadViews {
  MatrixView<T> q, k, v;

  HeadViews(MatrixView<T> projected, std::size_t head, std::size_t w)
      : q(projected.middle_cols(head * w, w)),
        k(projected.middle_cols(projected.cols / 3 + head * w, w)),
        v(projected.middle_cols(2 * (projected.cols / 3) + head * w, w)) {}
};

/// One head of one sequence; dy (m, w) becomes the tangent of its mixed values.
///   ṡ = q̇·kᵀ + q·k̇ᵀ, ṗ of ṡ, ẏ = ṗ·v + p·v̇
template <NetworkScalar T>
void head_tangent(const HeadViews<T>& head, MatrixView<const T> log_sums, const HeadViews<T>& tangent,
                  MatrixView<T> dy, AttentionGradientBuffers<T>& buffers) {
  const std::size_t m = dy.rows;
  for (std::size_t first = 0; first < m; first += queries_of_tile) {
    const std::size_t count = std::min(queries_of_tile, m - first), end = first + count;
    const MatrixView<T> s(buffers.scores.data(), count, end), ds(buffers.score_gradient.data(), count, end);
    const MatrixView<const T> q = head.q.middle_rows(first, count), dq = tangent.q.middle_rows(first, count);
    multiply_transposed(q, head.k.middle_rows(0, end), T{0}, s);    // (count, end)
    multiply_transposed(dq, head.k.middle_rows(0, end), T{0}, ds);  // (count, end)
    multiply_transposed(q, tangent.k.middle_rows(0, end), T{1}, ds);
    causal_softmax_tangent(CausalSoftmaxTangent<T>{s, ds, first, log_sums});
    const MatrixView<T> dy_tile = dy.middle_rows(first, count);
    multiply(ds, head.v.middle_rows(0, end), T{0}, dy_tile);  // (count, end)·(end, w)
    multiply(s, tangent.v.middle_rows(0, end), T{1}, dy_tile);
  }
}

/// One head of one sequence; y and gy (m, w) are its mixed values and their gradient.
///   gv += pᵀ·gy, gp = gy·vᵀ, gs = p ⊙ (gp − Σ gp ⊙ p), gq = gs·k, gk += gsᵀ·q
template <NetworkScalar T>
void head_gradient(const HeadViews<T>& head, MatrixView<const T> log_sums, MatrixView<const T> y,
                   MatrixView<const T> gy, const HeadViews<T>& gradient,
                   AttentionGradientBuffers<T>& buffers) {
  const std::size_t m = y.rows;
  for (std::size_t first = 0; first < m; first += queries_of_tile) {
    const std::size_t count = std::min(queries_of_tile, m - first), end = first + count;
    const MatrixView<T> s(buffers.scores.data(), count, end), gs(buffers.score_gradient.data(), count, end);
    const MatrixView<const T> q = head.q.middle_rows(first, count), gy_tile = gy.middle_rows(first, count);
    multiply_transposed(q, head.k.middle_rows(0, end), T{0}, s);         // (count, end)
    multiply_transposed(gy_tile, head.v.middle_rows(0, end), T{0}, gs);  // (count, end)
    causal_softmax_gradient(
        CausalSoftmaxGradient<T>{s, gs, first, log_sums, y.middle_rows(first, count), gy_tile});
    transposed_multiply(s, gy_tile, T{1}, gradient.v.middle_rows(0, end));                 // (end, w)
    multiply(gs, head.k.middle_rows(0, end), T{0}, gradient.q.middle_rows(first, count));  // (count, w)
    transposed_multiply(gs, q, T{1}, gradient.k.middle_rows(0, end));                      // (end, w)
  }
}

}  // namespace

template <NetworkScalar T>
AttentionGradientBuffers<T>::AttentionGradientBuffers(std::size_t rows, const AttentionLayer<T>& layer)
    : projected(3 * rows * layer.heads() * layer.width()),
      mixed(rows * layer.heads() * layer.width()),
      scores(queries_of_tile * layer.length()),
      score_gradient(queries_of_tile * layer.length()) {}

template <NetworkScalar T>
void attention_tangent(const AttentionLayer<T>& layer, MatrixView<const T> x,
                       const AttentionRecord<T>& record, std::size_t sequences, MatrixView<T> tangent,
                       AttentionGradientBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = layer.block().token_mixer;
  const std::size_t rows = x.rows, d = x.cols, m = rows / sequences, w = layer.width();
  const MatrixView<T> mixed(buffers.mixed.data(), rows, d);              // of norm(x), then of what O takes
  const MatrixView<T> projected(buffers.projected.data(), rows, 3 * d);  // (rows, 3d)
  normalize_tangent<T>(layer.block().token_norm, x, tangent, mixed);
  multiply_transposed(mixed, mixer.attention.matrix(), T{0}, projected);
  layer.rotation().turn(projected.middle_cols(0, d), m, layer.scale());
  layer.rotation().turn(projected.middle_cols(d, d), m, T{1});
  for (std::size_t s = 0; s < sequences; ++s)
    for (std::size_t h = 0; h < layer.heads(); ++h)
      head_tangent<T>(HeadViews<T>(record.projected.middle_rows(s * m, m), h, w),
                      record.log_sums.middle_rows(s * m, m).middle_cols(h, 1),
                      HeadViews<T>(projected.middle_rows(s * m, m), h, w),
                      mixed.middle_rows(s * m, m).middle_cols(h * w, w), buffers);
  linear_tangent<T>(mixer.out, mixed, T{1}, tangent);
}

template <NetworkScalar T>
void attention_gradient(const AttentionLayer<T>& layer, MatrixView<const T> x,
                        const AttentionRecord<T>& record, std::size_t sequences, MatrixView<T> gradient,
                        Block<T>& parameters, AttentionGradientBuffers<T>& buffers) {
  const TokenMixer<T>& mixer = layer.block().token_mixer;
  const std::size_t rows = x.rows, d = x.cols, m = rows / sequences, w = layer.width();
  const MatrixView<T> mixed(buffers.mixed.data(), rows, d);              // (rows, d)
  const MatrixView<T> projected(buffers.projected.data(), rows, 3 * d);  // (rows, 3d)
  linear_gradient<T>(mixer.out, record.mixed, gradient, parameters.token_mixer.out, mixed);
  std::fill_n(projected.data, rows * projected.cols, T{0});
  for (std::size_t s = 0; s < sequences; ++s)
    for (std::size_t h = 0; h < layer.heads(); ++h)
      head_gradient<T>(HeadViews<T>(record.projected.middle_rows(s * m, m), h, w),
                       record.log_sums.middle_rows(s * m, m).middle_cols(h, 1),
                       record.mixed.middle_rows(s * m, m).middle_cols(h * w, w),
                       mixed.middle_rows(s * m, m).middle_cols(h * w, w),
                       HeadViews<T>(projected.middle_rows(s * m, m), h, w), buffers);
  layer.rotation().turn_back(projected.middle_cols(0, d), m, layer.scale());
  layer.rotation().turn_back(projected.middle_cols(d, d), m, T{1});
  if (!parameters.token_mixer.attention.weight.empty())
    transposed_multiply(projected, record.normalized, T{1}, parameters.token_mixer.attention.matrix());
  multiply(projected, mixer.attention.matrix(), T{0}, mixed);  // (rows, 3d)·(3d, d), now of norm(x)
  normalize_gradient<T>(layer.block().token_norm, x, mixed, gradient, parameters.token_norm);
}

template struct AttentionGradientBuffers<float>;
template struct AttentionGradientBuffers<double>;
template void attention_tangent(const AttentionLayer<float>&, MatrixView<const float>,
                                const AttentionRecord<float>&, std::size_t, MatrixView<float>,
                                AttentionGradientBuffers<float>&);
template void attention_tangent(const AttentionLayer<double>&, MatrixView<const double>,
                                const AttentionRecord<double>&, std::size_t, MatrixView<double>,
                                AttentionGradientBuffers<double>&);
template void attention_gradient(const AttentionLayer<float>&, MatrixView<const float>,
                                 const AttentionRecord<float>&, std::size_t, MatrixView<float>, Block<float>&,
                                 AttentionGradientBuffers<float>&);
template void attention_gradient(const AttentionLayer<double>&, MatrixView<const double>,
                                 const AttentionRecord<double>&, std::size_t, MatrixView<double>,
                                 Block<double>&, AttentionGradientBuffers<double>&);

}  // namespace tmm::model
