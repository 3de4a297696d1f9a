// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/network/bottleneck.hpp"
#include "model/network/channel_mixing.hpp"
#include "model/network/time_mixing.hpp"

namespace tmm::model {

/// Mixing over time of all blocks, forth and back, planned. Shared by threads.
template <NetworkScalar T>
struct GradientLayers {
  const Tmm<T>* network;
  std::vector<TimeMixing<T>> mixing;  ///< one a block
  bool decoder_alone = false;         ///< the way back ends at an autoencoder's bottleneck

  /// For sequences of at most `length` ≤ n tokens. Keeps a reference to the network.
  GradientLayers(const Tmm<T>& network, std::size_t length);
  /// Takes what was planned from the network again after that has changed.
  void update();
};

/// What one thread needs to take a few sequences through a network and back: all activations between.
template <NetworkScalar T>
class GradientWorkspace {
 public:
  /// For up to `rows` tokens at a time, all sequences together. Keeps a reference to the layers.
  GradientWorkspace(const GradientLayers<T>& layers, std::size_t rows);

  /// Runs sequences of ids.size()/sequences tokens each, and returns the sum of cross entropies over labels
  /// that are not ignored_label; `gradient` grows by the derivative of scale times that sum.
  double run(std::span<const std::int32_t> ids, std::span<const std::int32_t> labels, std::size_t sequences,
             double scale, Tmm<T>& gradient);

 private:
  /// What a block keeps on the way forth.
  struct BlockMemory {
    AlignedVector<T> input, middle;       // x before and between both mixings (rows, d)
    AlignedVector<T> normalized, hidden;  // of channel mixing (rows, d), (rows, hidden)
    TimeMixingMemory<T> time;
  };

  [[nodiscard]] MatrixView<T> view(AlignedVector<T>& values, std::size_t rows) const;
  [[nodiscard]] ChannelMixingRecord<T> channel_record(std::size_t block, std::size_t first,
                                                      std::size_t count);
  MatrixView<T> forward(std::span<const std::int32_t> ids, std::size_t sequences);
  void mix_channels(std::size_t block, MatrixView<T> y);
  double pass_final_norm(MatrixView<T> x, std::span<const std::int32_t> labels, double scale,
                         MatrixView<T> x_gradient, Tmm<T>& gradient);
  double pass_output(MatrixView<const T> x, std::span<const std::int32_t> labels, double scale,
                     MatrixView<T> x_gradient, Tmm<T>& gradient);
  void pass_back_channels(std::size_t block, MatrixView<T> x_gradient, Block<T>& sums);
  void backward(std::size_t sequences, MatrixView<T> x_gradient, Tmm<T>& gradient);

  const GradientLayers<T>* layers_;
  std::size_t dimension_, logit_rows_;
  std::vector<BlockMemory> blocks_;
  AlignedVector<T> code_input_;  // what an autoencoder's bottleneck reads (rows, d)
  AlignedVector<T> normalized_output_, normalized_gradient_;  // of the final norm (rows, d)
  AlignedVector<T> output_, gradient_, activated_, logits_;
  BottleneckBuffers<T> bottleneck_;
  ChannelMixingGradientBuffers<T> channel_back_;
  TimeMixingScratch<T> time_;
};

extern template struct GradientLayers<float>;
extern template struct GradientLayers<double>;
extern template class GradientWorkspace<float>;
extern template class GradientWorkspace<double>;

}  // namespace tmm::model
