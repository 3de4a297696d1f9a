// SPDX-License-Identifier: MIT
#include "model/pass/recorded_pass.hpp"

#include <algorithm>

namespace tmm::model {
namespace {

// Rows that pass through channel mixing together, forth and back: see forward_pass.cpp.
constexpr std::size_t rows_of_tile = 256;

}  // namespace

template <NetworkScalar T>
std::vector<NetworkStep> steps_of(const Tmm<T>& network) {
  using enum NetworkStep::Kind;
  std::vector<NetworkStep> steps;
  for (std::size_t block = 0; block < network.blocks.size(); ++block) {
    if (network.autoencoder() && block == network.encoder_blocks) steps.push_back({bottleneck, block});
    const bool time_first = network.blocks[block].token_mixing_first;
    steps.push_back({time_first ? time : channels, block});
    steps.push_back({time_first ? channels : time, block});
  }
  return steps;
}

template <NetworkScalar T>
GradientLayers<T>::GradientLayers(const Tmm<T>& whole, std::size_t length)
    : network(&whole), steps(steps_of(whole)) {
  for (const Block<T>& block : whole.blocks) mixing.emplace_back(block, length);
}

template <NetworkScalar T>
void GradientLayers<T>::update() {
  for (auto& layer : mixing) layer.update();
}

template <NetworkScalar T>
Tmm<T> gradient_sink(const Tmm<T>& network) {
  Tmm<T> sink;
  sink.architecture = network.architecture;
  sink.encoder_blocks = network.encoder_blocks;
  const auto without_weight = [](const Linear<T>& linear) {
    Linear<T> empty;
    empty.out = linear.out, empty.in = linear.in;
    empty.bias.resize(linear.bias.size());
    return empty;
  };
  for (const Block<T>& block : network.blocks) {
    Block<T> own;
    own.channel_norm = block.channel_norm, own.token_norm = block.token_norm;
    own.expand = without_weight(block.expand), own.contract = without_weight(block.contract);
    const TokenMixer<T>& mixer = block.token_mixer;
    own.token_mixer.in = without_weight(mixer.in), own.token_mixer.out = without_weight(mixer.out);
    own.token_mixer.first = mixer.first, own.token_mixer.second = mixer.second;
    own.token_mixer.dense.heads = mixer.dense.heads, own.token_mixer.dense.context = mixer.dense.context;
    own.token_mixer.dense.bias.resize(mixer.dense.bias.size());
    sink.blocks.push_back(std::move(own));
  }
  sink.down = without_weight(network.down), sink.up = without_weight(network.up);
  sink.projection = without_weight(network.projection);
  return sink;
}

template <NetworkScalar T>
RecordedPass<T>::RecordedPass(const GradientLayers<T>& layers, std::size_t rows, bool tangents)
    : layers_(&layers), dimension_(layers.network->architecture.embedding) {
  const Tmm<T>& network = *layers.network;
  const Architecture& a = network.architecture;
  const std::size_t size = rows * dimension_, tile = std::min(rows, rows_of_tile);
  for (std::size_t i = 0; i < network.blocks.size(); ++i) {
    blocks_.push_back({AlignedVector<T>(size), AlignedVector<T>(size), AlignedVector<T>(size),
                       AlignedVector<T>(rows * network.blocks[i].expand.out),
                       layers.mixing[i].make_memory(rows)});
    if (tangents)
      layers.mixing[i].extend_for_tangents(time_, rows);
    else
      layers.mixing[i].extend(time_, rows);
  }
  output_.resize(size);
  activated_.resize(tile * std::max(a.hidden, a.form.decoder_hidden));
  channel_back_ = ChannelMixingGradientBuffers<T>(tile, a);
  if (network.autoencoder()) {
    code_input_.resize(size);
    bottleneck_ = BottleneckBuffers<T>(network);
  }
}

template <NetworkScalar T>
MatrixView<T> RecordedPass<T>::view(AlignedVector<T>& values, std::size_t rows) const {
  return {values.data(), rows, dimension_};
}

template <NetworkScalar T>
MatrixView<T> RecordedPass<T>::input(std::size_t rows) {
  return view(blocks_.empty() ? output_ : blocks_.front().input, rows);
}

/// What a residual sum reads: it is the first of its block or the second.
template <NetworkScalar T>
MatrixView<T> RecordedPass<T>::step_input(const NetworkStep& step, std::size_t rows) {
  const bool first =
      (step.kind == NetworkStep::Kind::time) == layers_->network->blocks[step.block].token_mixing_first;
  return view(first ? blocks_[step.block].input : blocks_[step.block].middle, rows);
}

template <NetworkScalar T>
MatrixView<T> RecordedPass<T>::step_output(const NetworkStep& step, std::size_t rows) {
  const bool first =
      (step.kind == NetworkStep::Kind::time) == layers_->network->blocks[step.block].token_mixing_first;
  if (first) return view(blocks_[step.block].middle, rows);
  return view(step.block + 1 < blocks_.size() ? blocks_[step.block + 1].input : output_, rows);
}

template <NetworkScalar T>
ChannelMixingRecord<T> RecordedPass<T>::channel_record(const NetworkStep& step, std::size_t first,
                                                       std::size_t count) {
  BlockMemory& memory = blocks_[step.block];
  const std::size_t hidden = layers_->network->blocks[step.block].expand.out, end = first + count;
  return {step_input(step, end).middle_rows(first, count),
          view(memory.normalized, end).middle_rows(first, count),
          MatrixView<T>(memory.hidden.data() + first * hidden, count, hidden)};
}

/// Calls work(block, record of the tile's rows, first row, rows of the tile).
template <NetworkScalar T>
template <class Work>
void RecordedPass<T>::for_each_tile(const NetworkStep& step, std::size_t rows, const Work& work) {
  for (std::size_t first = 0; first < rows; first += rows_of_tile) {
    const std::size_t count = std::min(rows_of_tile, rows - first);
    work(layers_->network->blocks[step.block], channel_record(step, first, count), first, count);
  }
}

template <NetworkScalar T>
MatrixView<T> RecordedPass<T>::forward(std::size_t rows, std::size_t sequences) {
  const Tmm<T>& network = *layers_->network;
  const std::size_t m = rows / sequences;
  for (const NetworkStep& step : layers_->steps) {
    if (step.kind == NetworkStep::Kind::bottleneck) {
      const MatrixView<T> x = view(blocks_[step.block].input, rows);
      std::copy_n(x.data, rows * dimension_, code_input_.data());
      for (std::size_t s = 0; s < sequences; ++s)
        pass_bottleneck(network, x.middle_rows(s * m, m), bottleneck_);
    } else if (const MatrixView<T> x = step_input(step, rows), y = step_output(step, rows);
               step.kind == NetworkStep::Kind::time) {
      layers_->mixing[step.block].forward(x, y, sequences, blocks_[step.block].time, time_);
    } else {
      for_each_tile(step, rows,
                    [&](const Block<T>& block, const ChannelMixingRecord<T>& record, std::size_t first,
                        std::size_t count) {
                      channel_mixing(block, record, MatrixView<T>(activated_.data(), count, block.expand.out),
                                     y.middle_rows(first, count));
                    });
    }
  }
  return view(output_, rows);
}

template <NetworkScalar T>
void RecordedPass<T>::tangent(std::size_t first_step, std::size_t end, std::size_t sequences,
                              MatrixView<T> tangent) {
  const Tmm<T>& network = *layers_->network;
  const std::size_t rows = tangent.rows, m = rows / sequences;
  for (std::size_t i = first_step; i < end; ++i) {
    const NetworkStep& step = layers_->steps[i];
    if (step.kind == NetworkStep::Kind::bottleneck) {
      for (std::size_t s = 0; s < sequences; ++s)
        bottleneck_tangent(network, tangent.middle_rows(s * m, m), bottleneck_);
    } else if (step.kind == NetworkStep::Kind::time) {
      layers_->mixing[step.block].tangent(step_input(step, rows), sequences, blocks_[step.block].time,
                                          tangent, time_);
    } else {
      for_each_tile(step, rows,
                    [&](const Block<T>& block, const ChannelMixingRecord<T>& record, std::size_t first,
                        std::size_t count) {
                      channel_mixing_tangent(
                          block, record, tangent.middle_rows(first, count),
                          MatrixView<T>(channel_back_.normalized_gradient.data(), count, dimension_),
                          MatrixView<T>(channel_back_.hidden_gradient.data(), count, block.expand.out));
                    });
    }
  }
}

template <NetworkScalar T>
void RecordedPass<T>::backward(std::size_t first_step, std::size_t end, std::size_t sequences,
                               MatrixView<T> gradient, Tmm<T>& sums) {
  const Tmm<T>& network = *layers_->network;
  const std::size_t rows = gradient.rows, m = rows / sequences;
  for (std::size_t i = end; i-- > first_step;) {
    const NetworkStep& step = layers_->steps[i];
    if (step.kind == NetworkStep::Kind::bottleneck) {
      for (std::size_t s = 0; s < sequences; ++s)
        bottleneck_gradient<T>(network, view(code_input_, rows).middle_rows(s * m, m),
                               gradient.middle_rows(s * m, m), sums, bottleneck_);
    } else if (step.kind == NetworkStep::Kind::time) {
      layers_->mixing[step.block].backward(step_input(step, rows), sequences, blocks_[step.block].time,
                                           gradient, sums.blocks[step.block], time_);
    } else {
      for_each_tile(step, rows,
                    [&](const Block<T>& block, const ChannelMixingRecord<T>& record, std::size_t first,
                        std::size_t count) {
                      channel_mixing_gradient(block, record, gradient.middle_rows(first, count),
                                              sums.blocks[step.block], channel_back_);
                    });
    }
  }
}

template std::vector<NetworkStep> steps_of(const Tmm<float>&);
template std::vector<NetworkStep> steps_of(const Tmm<double>&);
template Tmm<float> gradient_sink(const Tmm<float>&);
template Tmm<double> gradient_sink(const Tmm<double>&);
template struct GradientLayers<float>;
template struct GradientLayers<double>;
template class RecordedPass<float>;
template class RecordedPass<double>;

}  // namespace tmm::model
