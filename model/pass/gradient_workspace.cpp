// SPDX-License-Identifier: MIT
#include "model/pass/gradient_workspace.hpp"

#include <algorithm>

#include "model/base/matrix_product.hpp"
#include "model/network/cross_entropy.hpp"
#include "model/network/norm.hpp"

namespace tmm::model {
namespace {

// Rows that pass through channel mixing together, forth and back: see forward_pass.cpp.
constexpr std::size_t rows_of_tile = 256;
// Logits are formed for so many rows that they are about this many numbers, and stay in the cache.
constexpr std::size_t logits_at_a_time = std::size_t{1} << 20;
constexpr std::size_t most_logit_rows = 256;
constexpr std::size_t least_logit_rows = 32;

}  // namespace

template <NetworkScalar T>
GradientLayers<T>::GradientLayers(const Tmm<T>& whole, std::size_t length) : network(&whole) {
  for (const Block<T>& block : whole.blocks) mixing.emplace_back(block, length);
}

template <NetworkScalar T>
void GradientLayers<T>::update() {
  for (auto& layer : mixing) layer.update();
}

template <NetworkScalar T>
GradientWorkspace<T>::GradientWorkspace(const GradientLayers<T>& layers, std::size_t rows)
    : layers_(&layers), dimension_(layers.network->architecture.embedding) {
  const Tmm<T>& network = *layers.network;
  const Architecture& a = network.architecture;
  const std::size_t size = rows * dimension_, tile = std::min(rows, rows_of_tile);
  logit_rows_ = std::clamp(logits_at_a_time / a.vocabulary, least_logit_rows, most_logit_rows);
  for (std::size_t i = 0; i < network.blocks.size(); ++i) {
    blocks_.push_back({AlignedVector<T>(size), AlignedVector<T>(size), AlignedVector<T>(size),
                       AlignedVector<T>(rows * network.blocks[i].expand.out),
                       layers.mixing[i].make_memory(rows)});
    layers.mixing[i].extend(time_, rows);
  }
  output_.resize(size);
  gradient_.resize(size);
  activated_.resize(tile * std::max(a.hidden, a.form.decoder_hidden));
  logits_.resize(logit_rows_ * a.vocabulary);
  channel_back_ = ChannelMixingGradientBuffers<T>(tile, a);
  if (!network.final_norm.weight.empty()) {
    normalized_output_.resize(size);
    normalized_gradient_.resize(size);
  }
  if (network.autoencoder()) {
    code_input_.resize(size);
    bottleneck_ = BottleneckBuffers<T>(network);
  }
}

template <NetworkScalar T>
MatrixView<T> GradientWorkspace<T>::view(AlignedVector<T>& values, std::size_t rows) const {
  return {values.data(), rows, dimension_};
}

template <NetworkScalar T>
ChannelMixingRecord<T> GradientWorkspace<T>::channel_record(std::size_t block, std::size_t first,
                                                            std::size_t count) {
  BlockMemory& memory = blocks_[block];
  const std::size_t hidden = layers_->network->blocks[block].expand.out, end = first + count;
  AlignedVector<T>& input = layers_->network->blocks[block].token_mixing_first ? memory.middle : memory.input;
  return {view(input, end).middle_rows(first, count), view(memory.normalized, end).middle_rows(first, count),
          MatrixView<T>(memory.hidden.data() + first * hidden, count, hidden)};
}

template <NetworkScalar T>
double GradientWorkspace<T>::run(std::span<const std::int32_t> ids, std::span<const std::int32_t> labels,
                                 std::size_t sequences, double scale, Tmm<T>& gradient) {
  const MatrixView<T> x = forward(ids, sequences), x_gradient = view(gradient_, ids.size());
  const double loss = pass_final_norm(x, labels, scale, x_gradient, gradient);
  backward(sequences, x_gradient, gradient);
  if (layers_->decoder_alone) return loss;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    T* row = gradient.embedding.data() + static_cast<std::size_t>(ids[i]) * dimension_;
    const T* more = x_gradient.row(i);
    for (std::size_t j = 0; j < dimension_; ++j) row[j] += more[j];
  }
  return loss;
}

template <NetworkScalar T>
MatrixView<T> GradientWorkspace<T>::forward(std::span<const std::int32_t> ids, std::size_t sequences) {
  const Tmm<T>& network = *layers_->network;
  const std::size_t rows = ids.size(), m = rows / sequences;
  const auto input_of = [&](std::size_t block) {
    return view(block < blocks_.size() ? blocks_[block].input : output_, rows);
  };
  for (std::size_t i = 0; i < rows; ++i)
    std::copy_n(network.embedding.data() + static_cast<std::size_t>(ids[i]) * dimension_, dimension_,
                input_of(0).row(i));
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    const MatrixView<T> x = input_of(block), middle = view(blocks_[block].middle, rows);
    if (network.autoencoder() && block == network.encoder_blocks) {
      std::copy_n(x.data, rows * dimension_, code_input_.data());
      for (std::size_t s = 0; s < sequences; ++s)
        pass_bottleneck(network, x.middle_rows(s * m, m), bottleneck_);
    }
    if (network.blocks[block].token_mixing_first) {
      layers_->mixing[block].forward(x, middle, sequences, blocks_[block].time, time_);
      mix_channels(block, input_of(block + 1));
    } else {
      mix_channels(block, middle);
      layers_->mixing[block].forward(middle, input_of(block + 1), sequences, blocks_[block].time, time_);
    }
  }
  return input_of(blocks_.size());
}

template <NetworkScalar T>
void GradientWorkspace<T>::mix_channels(std::size_t block, MatrixView<T> y) {
  const std::size_t hidden = layers_->network->blocks[block].expand.out;
  for (std::size_t first = 0; first < y.rows; first += rows_of_tile) {
    const std::size_t count = std::min(rows_of_tile, y.rows - first);
    channel_mixing(layers_->network->blocks[block], channel_record(block, first, count),
                   MatrixView<T>(activated_.data(), count, hidden), y.middle_rows(first, count));
  }
}

// The output matrix reads norm(x) where there is a final norm.
template <NetworkScalar T>
double GradientWorkspace<T>::pass_final_norm(MatrixView<T> x, std::span<const std::int32_t> labels,
                                             double scale, MatrixView<T> x_gradient, Tmm<T>& gradient) {
  const Norm<T>& norm = layers_->network->final_norm;
  if (norm.weight.empty()) return pass_output(x, labels, scale, x_gradient, gradient);
  const MatrixView<T> normalized = view(normalized_output_, x.rows),
                      normalized_gradient = view(normalized_gradient_, x.rows);
  normalize(norm, LayerNormArguments<T>{.x = x, .y = normalized});
  const double loss = pass_output(normalized, labels, scale, normalized_gradient, gradient);
  std::fill_n(x_gradient.data, x_gradient.rows * x_gradient.cols, T{0});
  normalize_gradient<T>(norm, x, normalized_gradient, x_gradient, gradient.final_norm);
  return loss;
}

// logits = x·Uᵀ (rows, v), a few rows at a time.
template <NetworkScalar T>
double GradientWorkspace<T>::pass_output(MatrixView<const T> x, std::span<const std::int32_t> labels,
                                         double scale, MatrixView<T> x_gradient, Tmm<T>& gradient) {
  const MatrixView<const T> matrix = layers_->network->output_matrix();
  const MatrixView<T> sums = gradient.output_matrix();
  double loss = 0;
  for (std::size_t first = 0; first < x.rows; first += logit_rows_) {
    const std::size_t count = std::min(logit_rows_, x.rows - first);
    const auto here = labels.subspan(first, count);
    const MatrixView<T> tile_gradient = x_gradient.middle_rows(first, count);
    if (std::all_of(here.begin(), here.end(), [](std::int32_t label) { return label == ignored_label; })) {
      std::fill_n(tile_gradient.data, count * dimension_, T{0});
      continue;
    }
    const MatrixView<T> logits(logits_.data(), count, matrix.rows);
    multiply_transposed(x.middle_rows(first, count), matrix, T{0}, logits);
    loss += cross_entropy_gradient(logits, here.data(), scale);
    multiply(logits, matrix, T{0}, tile_gradient);                         // (count, d)
    transposed_multiply(logits, x.middle_rows(first, count), T{1}, sums);  // (v, d)
  }
  return loss;
}

template <NetworkScalar T>
void GradientWorkspace<T>::pass_back_channels(std::size_t block, MatrixView<T> x_gradient, Block<T>& sums) {
  for (std::size_t first = 0; first < x_gradient.rows; first += rows_of_tile) {
    const std::size_t count = std::min(rows_of_tile, x_gradient.rows - first);
    channel_mixing_gradient(layers_->network->blocks[block], channel_record(block, first, count),
                            x_gradient.middle_rows(first, count), sums, channel_back_);
  }
}

template <NetworkScalar T>
void GradientWorkspace<T>::backward(std::size_t sequences, MatrixView<T> x_gradient, Tmm<T>& gradient) {
  const Tmm<T>& network = *layers_->network;
  const std::size_t rows = x_gradient.rows, m = rows / sequences;
  for (std::size_t block = blocks_.size(); block-- > 0;) {
    Block<T>& sums = gradient.blocks[block];
    const bool time_first = network.blocks[block].token_mixing_first;
    BlockMemory& memory = blocks_[block];
    if (time_first) pass_back_channels(block, x_gradient, sums);
    layers_->mixing[block].backward(view(time_first ? memory.input : memory.middle, rows), sequences,
                                    memory.time, x_gradient, sums, time_);
    if (!time_first) pass_back_channels(block, x_gradient, sums);
    if (!network.autoencoder() || block != network.encoder_blocks) continue;
    for (std::size_t s = 0; s < sequences; ++s)
      bottleneck_gradient<T>(network, view(code_input_, rows).middle_rows(s * m, m),
                             x_gradient.middle_rows(s * m, m), gradient, bottleneck_);
    if (layers_->decoder_alone) return;
  }
}

template struct GradientLayers<float>;
template struct GradientLayers<double>;
template class GradientWorkspace<float>;
template class GradientWorkspace<double>;

}  // namespace tmm::model
