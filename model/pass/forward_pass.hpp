// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/network/attention.hpp"
#include "model/network/bottleneck.hpp"
#include "model/network/channel_mixing.hpp"
#include "model/network/dense_mixing.hpp"
#include "model/network/exponential_averages.hpp"
#include "model/network/tmm.hpp"
#include "model/network/token_mixing_layer.hpp"

namespace tmm::model {

/// Sees what a forward pass computes. Calls come from several threads, each for another sequence; views are
/// valid during the call only.
template <NetworkScalar T>
class ForwardObserver {
 public:
  virtual ~ForwardObserver() = default;
  /// Residual stream (m, d) of one sequence after block `block` (counted in data flow).
  virtual void block_output(std::size_t block, std::size_t sequence, MatrixView<const T> x);
  /// What Toeplitz operators read, (m, d): stage 0 is T1, stage 1 is T2 of expanded variants. In a language
  /// model also what dense matrices read (m, d), and keys, turned, and values of attention (m, 2d).
  virtual void stage_input(std::size_t block, std::size_t stage, std::size_t sequence, MatrixView<const T> u);
  /// Logits (rows, v) of one sequence at positions first_position …
  virtual void logits(std::size_t sequence, std::size_t first_position, MatrixView<const T> values);
  /// Whether logits are wanted where no loss is taken.
  [[nodiscard]] virtual bool wants_all_logits() const { return false; }
};

/// The network up to its output matrix, for sequences of up to a planned length. Every thread brings its own
/// Workspace, in which a few sequences pass through all blocks: memory does not grow with the batch.
template <NetworkScalar T>
class ForwardPass {
 public:
  struct Workspace {
    AlignedVector<T> stream;                       ///< x (sequences·m, d)
    std::vector<ChannelMixingBuffers<T>> channel;  ///< one for each thread
    TokenMixingBuffers<T> token;
    AveragesBuffers<T> averages;
    DenseMixingBuffers<T> dense;
    AttentionBuffers<T> attention;
    BottleneckBuffers<T> bottleneck;
  };

  /// Keeps a reference to the network. Throws ArgumentError unless 1 ≤ length ≤ n.
  ForwardPass(const Tmm<T>& network, std::size_t length);

  /// Takes Toeplitz taps and rotary frequencies of the network again after they have changed.
  void update();
  [[nodiscard]] const Tmm<T>& network() const { return *network_; }
  [[nodiscard]] std::size_t length() const { return length_; }
  /// For up to `rows` tokens at a time, all sequences together, worked on by `threads` threads.
  [[nodiscard]] Workspace make_workspace(std::size_t rows, std::size_t threads) const;

  /// Runs sequences of m = ids.size()/sequences ≤ length tokens, each < v (not checked), and returns the
  /// output of the last block, normalised where the family does so, (sequences·m, d), which lives in the
  /// workspace. The observer, if any, is told sequence numbers from `first_sequence` on.
  MatrixView<T> run(std::span<const std::int32_t> ids, std::size_t sequences, Workspace& workspace,
                    std::size_t threads, ForwardObserver<T>* observer = nullptr,
                    std::size_t first_sequence = 0) const;

 private:
  void mix_channels(std::size_t block, MatrixView<T> x, Workspace& workspace, std::size_t threads) const;

  void mix_time(std::size_t block, MatrixView<T> x, Workspace& workspace, std::size_t threads) const;
  void observe_inputs(std::size_t block, std::size_t sequence, std::size_t m, const Workspace& workspace,
                      ForwardObserver<T>& observer) const;

  const Tmm<T>* network_;
  std::size_t length_;
  std::vector<std::optional<TokenMixingLayer<T>>> token_mixing_;  // one a block with Toeplitz stages
  std::vector<std::optional<AttentionLayer<T>>> attention_;       // one a block with attention
};

extern template class ForwardObserver<float>;
extern template class ForwardObserver<double>;
extern template class ForwardPass<float>;
extern template class ForwardPass<double>;

}  // namespace tmm::model
