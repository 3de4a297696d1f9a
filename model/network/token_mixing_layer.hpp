// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "model/network/tmm.hpp"
#include "model/toeplitz/fft.hpp"
#include "model/toeplitz/toeplitz_product.hpp"

namespace tmm::model {

/// What mixing over time computes on its way, one row a time step. What a variant does not use has no data.
template <NetworkScalar T>
struct TokenMixingRecord {
  MatrixView<T> normalized;  ///< norm(x) (m, d)
  MatrixView<T> projected;   ///< P·norm(x) + p (m, d), with heads
  MatrixView<T> expanded;    ///< T1·u (m, d), expanded variants
  MatrixView<T> activated;   ///< SiLU(T1·u + b1) (m, d); the same memory as `expanded` unless both are kept
  MatrixView<T> mixed;       ///< what out_proj takes, or what is added to x (m, d), where heads are collected

  /// Rows first … first + count − 1 of all.
  [[nodiscard]] TokenMixingRecord middle_rows(std::size_t first, std::size_t count) const {
    const auto part = [&](const MatrixView<T>& all) {
      return all.data == nullptr ? all : all.middle_rows(first, count);
    };
    return {part(normalized), part(projected), part(expanded), part(activated), part(mixed)};
  }
};

/// Memory of a TokenMixingRecord. Arrays that a variant does not use stay empty.
template <NetworkScalar T>
struct TokenMixingBuffers {
  AlignedVector<T> normalized, projected, expanded, activated, mixed;
  std::vector<typename ToeplitzProduct<T>::Scratch> scratch;  ///< one for each thread
};

/// Working memory of TokenMixingLayer::tangent.
template <NetworkScalar T>
struct TokenMixingTangentBuffers {
  AlignedVector<T> one, other;  ///< tangents between the parts of a layer, each (length, d)
  typename ToeplitzProduct<T>::Scratch scratch;
};

/// Mixing over time of one block, with its Toeplitz products planned:
///   x ← x + out(second(SiLU(first(in(norm(x))))))
/// where each variant leaves some of these out. Taps may be derived and rows divided by their sums
/// (ToeplitzStage). Keeps a reference to the block.
template <NetworkScalar T>
class TokenMixingLayer {
 public:
  using Scratch = typename ToeplitzProduct<T>::Scratch;

  /// For sequences of at most `length` ≤ n steps.
  TokenMixingLayer(const Block<T>& block, std::size_t length);

  /// Takes the taps of the block again after they have changed.
  void update();
  /// Adds the memory that this layer needs to what may be that of another of the same length and d; so do the
  /// others of this name.
  void extend(TokenMixingBuffers<T>& buffers, std::size_t threads) const;
  /// Memory for `rows` time steps of several sequences in which all that the way back needs is kept; it has
  /// no scratch.
  [[nodiscard]] TokenMixingBuffers<T> make_record_buffers(std::size_t rows) const;
  void extend(std::vector<Scratch>& scratch, std::size_t threads) const;
  /// The first m time steps of these buffers.
  [[nodiscard]] TokenMixingRecord<T> record(std::size_t m, TokenMixingBuffers<T>& buffers) const;
  /// x (m, d) is one sequence. Work is cut into the same pieces for any number of threads, so the result does
  /// not depend on it, bit for bit.
  void forward(MatrixView<T> x, TokenMixingBuffers<T>& buffers, std::size_t threads) const;
  /// The same with the result in y; x is only read unless it is y too. Fills the record.
  void forward(MatrixView<T> x, MatrixView<T> y, const TokenMixingRecord<T>& record,
               std::vector<Scratch>& scratch, std::size_t threads) const;

  void extend(TokenMixingTangentBuffers<T>& buffers) const;
  /// Forward mode: x (m, d) and `record`, of which `expanded` is read, are what forward took and filled for
  /// one sequence. `tangent` (m, d) holds ẋ and becomes ẋ + O·ẏ, with u̇ = P·ṅ, ṅ the derivative of norm(x)
  /// along ẋ:
  ///   ẏ = T u̇,  ẏ = T2(SiLU′(T1 u + b1) ⊙ T1 u̇) of expanded variants,  row t divided by c_t as in forward
  /// TokenMixingGradient is its transpose.
  void tangent(MatrixView<const T> x, const TokenMixingRecord<T>& record, MatrixView<T> tangent,
               TokenMixingTangentBuffers<T>& buffers) const;

  [[nodiscard]] std::size_t stages() const { return is_expanded() ? 2 : 1; }
  /// After forward: what the Toeplitz operators of a stage have read, (m, d); head h reads the columns
  /// h·d/H … (h+1)·d/H − 1.
  [[nodiscard]] MatrixView<const T> stage_input(std::size_t stage, std::size_t m,
                                                const TokenMixingBuffers<T>& buffers) const;

 private:
  struct Slice {
    std::size_t head, first, count;
  };
  using Products = std::vector<ToeplitzProduct<T>>;  // head·k + row

  [[nodiscard]] bool has_projections() const { return block_->token_mixer.in.out != 0; }
  [[nodiscard]] bool is_expanded() const { return !second_.empty(); }
  /// Whether the result stands in `mixed` first: its bias differs from head to head, or rows are divided.
  [[nodiscard]] bool is_collected() const {
    const ToeplitzStage<T>& stage = block_->token_mixer.first;
    return has_projections() || stage.heads > 1 || stage.mean_normalised;
  }
  [[nodiscard]] const ToeplitzStage<T>& last() const {
    return is_expanded() ? block_->token_mixer.second : block_->token_mixer.first;
  }
  [[nodiscard]] Products plan(const ToeplitzStage<T>& stage) const;
  void normalize_and_project(MatrixView<T> x, MatrixView<T> y, const TokenMixingRecord<T>& record,
                             std::size_t first_row) const;
  void mix_slice(const Slice& slice, MatrixView<T> y, const TokenMixingRecord<T>& record,
                 Scratch& scratch) const;
  void finish_slice(const Slice& slice, MatrixView<T> y, MatrixView<T> mixed) const;
  void apply_add(const Products& products, const Slice& slice, MatrixView<const T> in, MatrixView<T> out,
                 Scratch& scratch) const;

  const Block<T>* block_;
  std::size_t length_, dimension_;
  std::vector<Slice> slices_;
  Products first_, second_;
  std::vector<T> inverse_sums_;  // 1/c of the last stage (H, n), if it is mean-normalised
};

extern template class TokenMixingLayer<float>;
extern template class TokenMixingLayer<double>;

}  // namespace tmm::model
