// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "model/network/attention_gradient.hpp"
#include "model/network/dense_mixing.hpp"
#include "model/network/exponential_averages.hpp"
#include "model/network/token_mixing_gradient.hpp"

namespace tmm::model {

/// What blocks keep on the way forth for the way back; arrays of other kinds of mixing stay empty.
template <NetworkScalar T>
struct TimeMixingMemory {
  TokenMixingBuffers<T> token;
  AttentionBuffers<T> attention;
  DenseMixingBuffers<T> dense;
};

/// Working memory that blocks share, one for a thread.
template <NetworkScalar T>
struct TimeMixingScratch {
  std::vector<typename TokenMixingLayer<T>::Scratch> products;
  TokenMixingGradientBuffers<T> token;
  AttentionGradientBuffers<T> attention;
  DenseGradientBuffers<T> dense;
  AveragesBuffers<T> averages;
  TokenMixingTangentBuffers<T> tangent;
};

/// Mixing over time of one block, forth, along tangents and back: by Toeplitz products, which are planned, by
/// attention, by dense causal matrices or by exponential averages. Shared by threads. Keeps a reference to
/// the block.
template <NetworkScalar T>
class TimeMixing {
 public:
  /// For sequences of at most `length` ≤ n steps.
  TimeMixing(const Block<T>& block, std::size_t length);

  /// Takes what was planned from the block again after that has changed.
  void update();
  /// For up to `rows` time steps of all sequences together; so are the others.
  [[nodiscard]] TimeMixingMemory<T> make_memory(std::size_t rows) const;
  /// Adds what this block needs to scratch that may be another's already.
  void extend(TimeMixingScratch<T>& scratch, std::size_t rows) const;
  /// Adds what only `tangent` needs.
  void extend_for_tangents(TimeMixingScratch<T>& scratch, std::size_t rows) const;

  /// y ← x + mixing of x, both (sequences·m, d).
  void forward(MatrixView<T> x, MatrixView<T> y, std::size_t sequences, TimeMixingMemory<T>& memory,
               TimeMixingScratch<T>& scratch) const;
  /// Forward mode: ẋ (sequences·m, d) becomes the derivative of y along it. `x` and `memory` as forward had
  /// them.
  void tangent(MatrixView<const T> x, std::size_t sequences, TimeMixingMemory<T>& memory,
               MatrixView<T> tangent, TimeMixingScratch<T>& scratch) const;
  /// The way back: the gradient of y (sequences·m, d) becomes that of x; those of the parameters grow, but
  /// for matrices that are empty there, and for those of exponential averages.
  void backward(MatrixView<const T> x, std::size_t sequences, TimeMixingMemory<T>& memory,
                MatrixView<T> gradient, Block<T>& parameters, TimeMixingScratch<T>& scratch) const;

 private:
  const Block<T>* block_;
  std::optional<TokenMixingLayer<T>> toeplitz_;
  std::optional<TokenMixingGradient<T>> toeplitz_back_;
  std::optional<AttentionLayer<T>> attention_;  // neither: dense causal matrices or averages

  [[nodiscard]] bool averages() const { return block_->token_mixer.averages.count != 0; }
};

extern template class TimeMixing<float>;
extern template class TimeMixing<double>;

}  // namespace tmm::model
