// SPDX-License-Identifier: MIT
#include "model/network/forward_pass.hpp"

#include <algorithm>
#include <string>

#include "model/base/error.hpp"
#include "model/base/parallel.hpp"

namespace tmm::model {
namespace {

// Rows that pass through channel mixing together: their hidden activations should stay in the cache between
// the two matrix products, yet fill the products.
constexpr std::size_t rows_of_tile = 256;

}  // namespace

template <NetworkScalar T>
void ForwardObserver<T>::block_output(std::size_t, std::size_t, MatrixView<const T>) {}
template <NetworkScalar T>
void ForwardObserver<T>::stage_input(std::size_t, std::size_t, std::size_t, MatrixView<const T>) {}
template <NetworkScalar T>
void ForwardObserver<T>::logits(std::size_t, std::size_t, MatrixView<const T>) {}

template <NetworkScalar T>
ForwardPass<T>::ForwardPass(const Tmm<T>& network, std::size_t length) : network_(&network), length_(length) {
  const std::size_t n = network.architecture.context;
  if (length == 0 || length > n)
    throw ArgumentError("the network does not take sequences of this length",
                        {"", "", "1 to " + std::to_string(n) + " tokens", std::to_string(length), ""});
  token_mixing_.reserve(network.blocks.size());
  for (const Block<T>& block : network.blocks) token_mixing_.emplace_back(block, length);
}

template <NetworkScalar T>
void ForwardPass<T>::update() {
  for (TokenMixingLayer<T>& mixing : token_mixing_) mixing.update();
}

template <NetworkScalar T>
typename ForwardPass<T>::Workspace ForwardPass<T>::make_workspace(std::size_t rows,
                                                                  std::size_t threads) const {
  Workspace workspace;
  workspace.stream.resize(rows * network_->architecture.embedding);
  for (std::size_t i = 0; i < threads; ++i)
    workspace.channel.emplace_back(std::min(rows, rows_of_tile), network_->architecture);
  if (!token_mixing_.empty()) workspace.token = token_mixing_.front().make_buffers(threads);
  if (network_->autoencoder()) workspace.bottleneck = BottleneckBuffers<T>(*network_);
  return workspace;
}

template <NetworkScalar T>
void ForwardPass<T>::mix_channels(std::size_t block, MatrixView<T> x, Workspace& workspace,
                                  std::size_t threads) const {
  parallel_for(
      (x.rows + rows_of_tile - 1) / rows_of_tile, threads, [&](std::size_t tile, std::size_t worker) {
        const std::size_t first = tile * rows_of_tile;
        channel_mixing(network_->blocks[block], x.middle_rows(first, std::min(rows_of_tile, x.rows - first)),
                       workspace.channel[worker]);
      });
}

template <NetworkScalar T>
MatrixView<T> ForwardPass<T>::run(std::span<const std::int32_t> ids, std::size_t sequences,
                                  Workspace& workspace, std::size_t threads, ForwardObserver<T>* observer,
                                  std::size_t first_sequence) const {
  const std::size_t d = network_->architecture.embedding, m = ids.size() / sequences;
  const MatrixView<T> x(workspace.stream.data(), ids.size(), d);
  for (std::size_t i = 0; i < ids.size(); ++i)
    std::copy_n(network_->embedding.data() + static_cast<std::size_t>(ids[i]) * d, d, x.row(i));
  for (std::size_t block = 0; block < token_mixing_.size(); ++block) {
    if (network_->autoencoder() && block == network_->encoder_blocks)
      for (std::size_t s = 0; s < sequences; ++s)
        pass_bottleneck(*network_, x.middle_rows(s * m, m), workspace.bottleneck);
    mix_channels(block, x, workspace, threads);
    const TokenMixingLayer<T>& mixing = token_mixing_[block];
    for (std::size_t s = 0; s < sequences; ++s) {
      const MatrixView<T> sequence = x.middle_rows(s * m, m);
      mixing.forward(sequence, workspace.token, threads);
      if (observer == nullptr) continue;
      for (std::size_t stage = 0; stage < mixing.stages(); ++stage)
        observer->stage_input(block, stage, first_sequence + s,
                              mixing.stage_input(stage, m, workspace.token));
      observer->block_output(block, first_sequence + s, sequence);
    }
  }
  return x;
}

template class ForwardObserver<float>;
template class ForwardObserver<double>;
template class ForwardPass<float>;
template class ForwardPass<double>;

}  // namespace tmm::model
