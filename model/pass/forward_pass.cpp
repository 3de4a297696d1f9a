// SPDX-License-Identifier: MIT
#include "model/pass/forward_pass.hpp"

#include <algorithm>
#include <string>

#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/network/norm.hpp"

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
  attention_.resize(network.blocks.size());
  for (const Block<T>& block : network.blocks) {
    token_mixing_.emplace_back();
    if (block.token_mixer.first.heads != 0) token_mixing_.back().emplace(block, length);
    if (block.token_mixer.attention.heads != 0) attention_[token_mixing_.size() - 1].emplace(block, length);
  }
}

template <NetworkScalar T>
void ForwardPass<T>::update() {
  for (auto& mixing : token_mixing_)
    if (mixing) mixing->update();
  for (auto& layer : attention_)
    if (layer) layer->update();
}

template <NetworkScalar T>
typename ForwardPass<T>::Workspace ForwardPass<T>::make_workspace(std::size_t rows,
                                                                  std::size_t threads) const {
  Workspace workspace;
  workspace.stream.resize(rows * network_->architecture.embedding);
  for (std::size_t i = 0; i < threads; ++i)
    workspace.channel.emplace_back(std::min(rows, rows_of_tile), network_->architecture);
  // Memory is for all blocks, those of an encoder and of a decoder that is another.
  for (std::size_t i = 0; i < token_mixing_.size(); ++i) {
    const Block<T>& block = network_->blocks[i];
    if (token_mixing_[i])
      token_mixing_[i]->extend(workspace.token, threads);
    else if (attention_[i])
      workspace.attention = attention_[i]->make_buffers(length_, threads);
    else if (block.token_mixer.averages.count != 0)
      workspace.averages = AveragesBuffers<T>(length_, block);
    else if (workspace.dense.normalized.empty() || block.token_mixer.in.out != 0)
      workspace.dense = DenseMixingBuffers<T>(length_, block);
  }
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
void ForwardPass<T>::mix_time(std::size_t block, MatrixView<T> x, Workspace& workspace,
                              std::size_t threads) const {
  if (token_mixing_[block]) return token_mixing_[block]->forward(x, workspace.token, threads);
  if (attention_[block]) return attention_[block]->forward(x, x, 1, workspace.attention, threads);
  const Block<T>& parameters = network_->blocks[block];
  if (parameters.token_mixer.averages.count != 0)
    mix_averages(parameters, x, workspace.averages);
  else
    mix_dense(parameters, x, x, 1, workspace.dense.record(x.rows, parameters), threads);
}

template <NetworkScalar T>
void ForwardPass<T>::observe_inputs(std::size_t block, std::size_t sequence, std::size_t m,
                                    const Workspace& workspace, ForwardObserver<T>& observer) const {
  if (const auto& mixing = token_mixing_[block])
    for (std::size_t stage = 0; stage < mixing->stages(); ++stage)
      observer.stage_input(block, stage, sequence, mixing->stage_input(stage, m, workspace.token));
  else if (const std::size_t d = network_->architecture.embedding; attention_[block])
    observer.stage_input(block, 0, sequence, {workspace.attention.projected.data() + d, m, 2 * d, 3 * d});
  else if (network_->blocks[block].token_mixer.dense.heads != 0 && !network_->autoencoder())
    observer.stage_input(block, 0, sequence, {workspace.dense.normalized.data(), m, d});
  else if (network_->blocks[block].token_mixer.averages.count != 0)
    observer.stage_input(block, 0, sequence,
                         {workspace.averages.normalized.data(), m, network_->architecture.embedding});
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
    const bool time_first = network_->blocks[block].token_mixing_first;
    if (!time_first) mix_channels(block, x, workspace, threads);
    for (std::size_t s = 0; s < sequences; ++s) {
      mix_time(block, x.middle_rows(s * m, m), workspace, threads);
      if (observer != nullptr) observe_inputs(block, first_sequence + s, m, workspace, *observer);
    }
    if (time_first) mix_channels(block, x, workspace, threads);
    for (std::size_t s = 0; observer != nullptr && s < sequences; ++s)
      observer->block_output(block, first_sequence + s, x.middle_rows(s * m, m));
  }
  if (!network_->final_norm.weight.empty())
    normalize(network_->final_norm, LayerNormArguments<T>{.x = x, .y = x});
  return x;
}

template class ForwardObserver<float>;
template class ForwardObserver<double>;
template class ForwardPass<float>;
template class ForwardPass<double>;

}  // namespace tmm::model
