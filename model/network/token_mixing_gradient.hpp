// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "model/network/token_mixing_layer.hpp"
#include "model/toeplitz/toeplitz_gradient.hpp"

namespace tmm::model {

/// Working memory of TokenMixingGradient.
template <NetworkScalar T>
struct TokenMixingGradientBuffers {
  AlignedVector<T> one, other;  ///< gradients between the parts of a layer, each (rows, d)
  typename ToeplitzGradient<T>::Scratch scratch;
  ToeplitzStage<T> taps;  ///< gradients of derived or summed taps
};

/// The way back through TokenMixingLayer, with its Toeplitz products planned. Keeps a reference to the block.
template <NetworkScalar T>
class TokenMixingGradient {
 public:
  using Buffers = TokenMixingGradientBuffers<T>;

  /// For sequences of at most `length` ≤ n steps.
  TokenMixingGradient(const Block<T>& block, std::size_t length);

  /// Takes the taps of the block again after they have changed.
  void update();
  /// Adds what this layer needs for up to `rows` time steps of several sequences to memory that may be that
  /// of another of the same length and d.
  void extend(Buffers& buffers, std::size_t rows) const;

  /// x (sequences·m, d) and `record` are what TokenMixingLayer::forward took and filled, sequence by
  /// sequence. `gradient` (sequences·m, d) holds that of the result and becomes that of x; those of the
  /// block's parameters are added to `parameters`.
  void run(MatrixView<const T> x, const TokenMixingRecord<T>& record, std::size_t sequences,
           MatrixView<T> gradient, Block<T>& parameters, Buffers& buffers) const;

 private:
  using Products = std::vector<ToeplitzGradient<T>>;  // head·k + row

  [[nodiscard]] bool has_projections() const { return block_->token_mixer.in.out != 0; }
  /// Whether the gradient of the taps is not that of what is stored.
  [[nodiscard]] bool has_derived_taps() const {
    const ToeplitzStage<T>& stage = block_->token_mixer.first;
    return stage.derivation != TapDerivation::none || stage.mean_normalised;
  }
  [[nodiscard]] bool is_expanded() const { return !second_.empty(); }
  [[nodiscard]] Products plan(const ToeplitzStage<T>& stage) const;
  void pass_stage(const Products& products, MatrixView<const T> in, MatrixView<const T> gout,
                  MatrixView<T> gin, std::size_t sequences, ToeplitzStage<T>& parameters,
                  typename ToeplitzGradient<T>::Scratch& scratch) const;
  void add_stage_bias(MatrixView<const T> gradient, std::size_t sequences,
                      ToeplitzStage<T>& parameters) const;
  void pass_division(MatrixView<const T> mixed, MatrixView<const T> gout, MatrixView<T> gin,
                     std::size_t sequences, ToeplitzStage<T>& taps) const;
  void pass_activation(MatrixView<const T> expanded, MatrixView<T> gradient, std::size_t sequences,
                       ToeplitzStage<T>& parameters) const;

  const Block<T>* block_;
  std::size_t length_, dimension_;
  Products first_, second_;
  std::vector<T> inverse_sums_;  // 1/c of the first stage (H, n), if it is mean-normalised
};

extern template class TokenMixingGradient<float>;
extern template class TokenMixingGradient<double>;

}  // namespace tmm::model
