// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "model/network/bottleneck.hpp"
#include "model/network/channel_mixing.hpp"
#include "model/network/time_mixing.hpp"

namespace tmm::model {

/// One step of a network between its embedding and its output: a residual sum, x ← x + branch(x), or the
/// bottleneck of an autoencoder, which replaces x.
struct NetworkStep {
  enum class Kind { bottleneck, channels, time };
  Kind kind;
  std::size_t block;  ///< in data flow; of the bottleneck the one after it
};

/// All steps in data flow, two a block.
template <NetworkScalar T>
std::vector<NetworkStep> steps_of(const Tmm<T>& network);

/// The steps of a network, with mixing over time planned, forth, along tangents and back. Shared by threads.
template <NetworkScalar T>
struct GradientLayers {
  const Tmm<T>* network;
  std::vector<NetworkStep> steps;
  std::vector<TimeMixing<T>> mixing;  ///< one a block
  bool decoder_alone = false;         ///< the way back of losses ends at an autoencoder's bottleneck

  /// For sequences of at most `length` ≤ n tokens. Keeps a reference to the network.
  GradientLayers(const Tmm<T>& network, std::size_t length);
  /// Takes what was planned from the network again after that has changed.
  void update();
};

/// A network of the same architecture for gradients of parameters that nobody asks for: its matrices are
/// empty, so that no time is spent on theirs, and it has no embedding.
template <NetworkScalar T>
Tmm<T> gradient_sink(const Tmm<T>& network);

/// A few sequences on their way through all steps, with every activation kept that the derivative at this
/// point needs. With x_k (sequences·m, d) what comes out of step k − 1 and J_k = ∂x_{k+1}/∂x_k,
///   forward   x_0 → x_steps
///   tangent   ẋ ← J_{end−1} ⋯ J_first ẋ       (forward mode)
///   backward  g ← J_firstᵀ ⋯ J_{end−1}ᵀ g      (reverse mode), and the parameters' gradients
/// One thread's memory; keeps a reference to the layers.
template <NetworkScalar T>
class RecordedPass {
 public:
  /// For up to `rows` tokens at a time, all sequences together; `tangents`: with memory for forward mode.
  RecordedPass(const GradientLayers<T>& layers, std::size_t rows, bool tangents = false);

  /// Where x_0 is to be written: (rows, d).
  [[nodiscard]] MatrixView<T> input(std::size_t rows);
  /// Runs all steps on `rows` tokens, in `sequences` sequences of one length, and returns what comes out of
  /// the last, (rows, d), before a final norm.
  MatrixView<T> forward(std::size_t rows, std::size_t sequences);
  /// After forward, of the same rows: along steps first … end − 1.
  void tangent(std::size_t first, std::size_t end, std::size_t sequences, MatrixView<T> tangent);
  /// After forward, of the same rows: back through steps end − 1 … first; gradients of parameters are added
  /// to `sums`, but for matrices that are empty there, and for those of exponential averages.
  void backward(std::size_t first, std::size_t end, std::size_t sequences, MatrixView<T> gradient,
                Tmm<T>& sums);

 private:
  /// What a block keeps on the way forth.
  struct BlockMemory {
    AlignedVector<T> input, middle;       // x before and between both mixings (rows, d)
    AlignedVector<T> normalized, hidden;  // of channel mixing (rows, d), (rows, hidden)
    TimeMixingMemory<T> time;
  };

  [[nodiscard]] MatrixView<T> view(AlignedVector<T>& values, std::size_t rows) const;
  [[nodiscard]] MatrixView<T> step_input(const NetworkStep& step, std::size_t rows);
  [[nodiscard]] MatrixView<T> step_output(const NetworkStep& step, std::size_t rows);
  [[nodiscard]] ChannelMixingRecord<T> channel_record(const NetworkStep& step, std::size_t first,
                                                      std::size_t count);
  template <class Work>
  void for_each_tile(const NetworkStep& step, std::size_t rows, const Work& work);

  const GradientLayers<T>* layers_;
  std::size_t dimension_;
  std::vector<BlockMemory> blocks_;
  AlignedVector<T> code_input_;  // what an autoencoder's bottleneck reads (rows, d)
  AlignedVector<T> output_, activated_;
  BottleneckBuffers<T> bottleneck_;
  ChannelMixingGradientBuffers<T> channel_back_;
  TimeMixingScratch<T> time_;
};

extern template std::vector<NetworkStep> steps_of(const Tmm<float>&);
extern template std::vector<NetworkStep> steps_of(const Tmm<double>&);
extern template Tmm<float> gradient_sink(const Tmm<float>&);
extern template Tmm<double> gradient_sink(const Tmm<double>&);
extern template struct GradientLayers<float>;
extern template struct GradientLayers<double>;
extern template class RecordedPass<float>;
extern template class RecordedPass<double>;

}  // namespace tmm::model
