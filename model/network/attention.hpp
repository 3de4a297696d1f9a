// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "model/network/rotary.hpp"
#include "model/network/tmm.hpp"
#include "model/toeplitz/fft.hpp"

namespace tmm::model {

/// What attention computes on its way, for `rows` time steps of all sequences together.
template <NetworkScalar T>
struct AttentionRecord {
  MatrixView<T> normalized;  ///< u = norm(x) (rows, d)
  MatrixView<T> projected;   ///< turned queries over √w, turned keys, values (rows, 3d)
  MatrixView<T> mixed;       ///< what out_proj takes (rows, d)
  MatrixView<T> log_sums;    ///< ln Σ_{s≤t} e^{score of t and s} (rows, H)
};

/// Memory of an AttentionRecord, and of the scores of a tile of queries for each thread.
template <NetworkScalar T>
struct AttentionBuffers {
  AlignedVector<T> normalized, projected, mixed, log_sums;
  std::vector<AlignedVector<T>> scores;
};

/// Causal softmax attention with rotary positions, in the place of token mixing. With u = norm(x), for every
/// head h of w = d/H channels, R_t the rotation of rotary.hpp:
///   q_t = R_t Q_h u_t,  k_t = R_t K_h u_t,  v_t = V_h u_t
///   y_t = Σ_{s≤t} p_ts v_s,  p_ts = e^{q_t·k_s/√w} / Σ_{r≤t} e^{q_t·k_r/√w}
///   x_t ← x_t + O·concat_h(y_t)
/// Scores exist for a tile of queries at a time: memory is O(rows·d + n), not O(n²). Sources: Vaswani et al.,
/// arXiv 1706.03762, section 3.2; Su et al., arXiv 2104.09864. Keeps a reference to the block.
template <NetworkScalar T>
class AttentionLayer {
 public:
  /// For sequences of at most `length` steps.
  AttentionLayer(const Block<T>& block, std::size_t length);

  /// Takes the frequencies of the block again.
  void update();
  /// For up to `rows` time steps of all sequences together.
  [[nodiscard]] AttentionBuffers<T> make_buffers(std::size_t rows, std::size_t threads) const;
  /// The first `rows` time steps of these buffers.
  [[nodiscard]] AttentionRecord<T> record(std::size_t rows, AttentionBuffers<T>& buffers) const;
  /// x and y (sequences·m, d); y may be x. Fills the record. The result does not depend on the number of
  /// threads, bit for bit.
  void forward(MatrixView<T> x, MatrixView<T> y, std::size_t sequences, AttentionBuffers<T>& buffers,
               std::size_t threads) const;

  [[nodiscard]] const Block<T>& block() const { return *block_; }
  [[nodiscard]] const Rotation<T>& rotation() const { return rotation_; }
  /// 1/√w.
  [[nodiscard]] T scale() const;
  [[nodiscard]] std::size_t heads() const { return block_->token_mixer.attention.heads; }
  [[nodiscard]] std::size_t width() const { return dimension_ / heads(); }
  [[nodiscard]] std::size_t length() const { return length_; }

 private:
  void project(MatrixView<T> x, MatrixView<T> y, std::size_t m, const AttentionRecord<T>& record,
               std::size_t first_row) const;
  void attend(const AttentionRecord<T>& of_sequence, std::size_t head, std::size_t first,
              AlignedVector<T>& scores) const;

  const Block<T>* block_;
  std::size_t length_, dimension_;
  Rotation<T> rotation_;
};

/// Queries that are scored against all keys before them at a time.
inline constexpr std::size_t queries_of_tile = 64;

extern template class AttentionLayer<float>;
extern template class AttentionLayer<double>;

}  // namespace tmm::model
