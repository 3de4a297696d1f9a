// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/checkpoint/families/families.hpp"
#include "model/network/tmm.hpp"

namespace tmm::model {

/// Calls visit(name, shape, span) for every stored tensor of a network: its state-dict name, its shape, and
/// its numbers inside `network`, which is Tmm<T> or const Tmm<T>. Names are those of the family. The order is
/// fixed: two networks of one architecture can be walked in step.
template <class Model, class Visit>
class ParameterWalk {
 public:
  ParameterWalk(Model& network, Visit& visit)
      : network_(network),
        names_(family_of(network.architecture).parameter_names(network.architecture)),
        visit_(visit) {}

  void run() {
    const std::size_t v = network_.architecture.vocabulary, d = network_.architecture.embedding;
    tensor(std::string(names_.embedding), {v, d}, all(network_.embedding));
    const bool other_decoder = network_.architecture.form.decoder != DecoderMixing::toeplitz;
    for (std::size_t i = 0; i < network_.blocks.size(); ++i) {
      own_block_ = other_decoder && i >= network_.encoder_blocks;
      walk_block(own_block_ ? names_.decoder_block : names_.block, network_.blocks[i]);
    }
    if (network_.autoencoder()) {
      walk("down", network_.down);
      walk("up", network_.up);
      walk("projection", network_.projection);
    }
    walk_norm(std::string(names_.final_norm), network_.final_norm);
    if (!network_.output.empty()) tensor(std::string(names_.output), {v, d}, all(network_.output));
  }

 private:
  using Shape = std::vector<std::size_t>;

  static auto all(auto& values) { return std::span(values); }

  void tensor(const std::string& name, const Shape& shape, auto values) { visit_(name, shape, values); }

  void walk(const std::string& name, auto& linear) {
    if (linear.out == 0) return;
    tensor(name + ".weight", {linear.out, linear.in}, all(linear.weight));
    if (!linear.bias.empty()) tensor(name + ".bias", {linear.out}, all(linear.bias));
  }

  void walk_norm(const std::string& name, auto& norm) {
    if (norm.weight.empty()) return;
    tensor(name + ".weight", {norm.weight.size()}, all(norm.weight));
    if (!norm.bias.empty()) tensor(name + ".bias", {norm.bias.size()}, all(norm.bias));
  }

  void walk_block(const BlockNames& names, auto& block) {
    const auto below = [&](std::string_view part) { return block.name + "." + std::string(part); };
    walk_norm(below(names.channel_norm), block.channel_norm);
    walk(below(names.expand), block.expand);
    walk(below(names.contract), block.contract);
    walk_norm(below(names.token_norm), block.token_norm);
    walk_mixer(names, below(names.mixing), block.token_mixer);
  }

  void walk_mixer(const BlockNames& names, const std::string& mixing, auto& mixer) {
    const std::string heads = mixing + std::string(names.heads);
    if (network_.architecture.mixing == TokenMixing::parallel_heads && !own_block_) {
      walk(mixing + std::string(names.in), mixer.in);
      const auto& stage = mixer.first;
      tensor(heads + std::string(names.weight), {stage.heads, stage.context}, all(mixer.first.weight));
      tensor(heads + std::string(names.bias), {stage.heads, stage.context}, all(mixer.first.bias));
    } else if (mixer.attention.heads != 0) {
      walk_attention(names, mixing, mixer.attention);
    } else if (mixer.averages.count != 0) {
      tensor(mixing + std::string(names.weight), {mixer.averages.count}, all(mixer.averages.weight));
      tensor(mixing + std::string(names.bias), {mixer.averages.count}, all(mixer.averages.bias));
    } else if (mixer.in.out != 0) {
      const std::size_t count = mixer.first.heads + mixer.dense.heads;  // one of them is 0
      for (std::size_t h = 0; h < count; ++h) {
        walk_head_projection(mixing + std::string(names.head_in) + std::to_string(h), h, count, mixer.in);
        walk_stages(names, heads + std::to_string(h) + ".", h, mixer);
      }
    } else {
      walk_stages(names, mixing, 0, mixer);
    }
    walk(mixing + std::string(names.out), mixer.out);
  }

  void walk_head_projection(const std::string& name, std::size_t h, std::size_t heads, auto& in) {
    const std::size_t d = in.in, width = in.out / heads;
    tensor(name + ".weight", {width, d}, all(in.weight).subspan(h * width * d, width * d));
    tensor(name + ".bias", {width}, all(in.bias).subspan(h * width, width));
  }

  void walk_attention(const BlockNames& names, const std::string& mixing, auto& stage) {
    const std::size_t d = stage.embedding, h = stage.heads, size = d * d;
    std::size_t part = 0;
    for (const std::string_view name : {names.query, names.key, names.value})
      tensor(mixing + std::string(name) + ".weight", {h, d / h, d},
             all(stage.weight).subspan(part++ * size, size));
    tensor(mixing + std::string(names.frequencies), {stage.frequencies.size()}, all(stage.frequencies));
  }

  void walk_stages(const BlockNames& names, const std::string& name, std::size_t h, auto& mixer) {
    const bool expanded = mixer.second.heads != 0;
    if (mixer.dense.heads != 0) return walk_dense(names, name, h, mixer.dense);
    walk_stage(names, expanded ? name + "0." : name, h, mixer.first);
    if (expanded) walk_stage(names, name + "3.", h, mixer.second);
  }

  void walk_stage(const BlockNames& names, const std::string& name, std::size_t h, auto& stage) {
    const std::size_t k = stage.rows, n = stage.context;
    const bool vector = network_.architecture.form.vector_taps && !own_block_;
    const Shape shape = vector ? Shape{n} : Shape{k, n};
    tensor(name + std::string(names.weight), shape, all(stage.weight).subspan(h * k * n, k * n));
    tensor(name + std::string(names.bias), {n}, all(stage.bias).subspan(h * n, n));
  }

  void walk_dense(const BlockNames& names, const std::string& name, std::size_t h, auto& dense) {
    const std::size_t n = dense.context;
    tensor(name + std::string(names.weight), {n, n, 1}, all(dense.weight).subspan(h * n * n, n * n));
    tensor(name + std::string(names.bias), {n}, all(dense.bias).subspan(h * n, n));
  }

  Model& network_;
  NetworkNames names_;
  Visit& visit_;
  bool own_block_ = false;  // of a decoder that is not as the encoder
};

template <class Model, class Visit>
void for_each_parameter(Model& network, Visit visit) {
  ParameterWalk<Model, Visit>(network, visit).run();
}

/// Calls visit(span, span, …) for every array of numbers that are trained (all but rotary frequencies) of
/// networks of one architecture, walked in step: the same array of each of them. The order is fixed. Takes no
/// memory, for what happens at every training step.
template <class Visit, class First, class... Others>
void for_each_array(const Visit& visit, First& first, Others&... others) {
  const auto member = [&](auto&& get) { visit(std::span(get(first)), std::span(get(others))...); };
  const auto both = [&](auto&& get) {
    member([&](auto& network) -> auto& { return get(network).weight; });
    member([&](auto& network) -> auto& { return get(network).bias; });
  };
  member([](auto& network) -> auto& { return network.embedding; });
  for (std::size_t i = 0; i < first.blocks.size(); ++i) {
    both([i](auto& network) -> auto& { return network.blocks[i].channel_norm; });
    both([i](auto& network) -> auto& { return network.blocks[i].expand; });
    both([i](auto& network) -> auto& { return network.blocks[i].contract; });
    both([i](auto& network) -> auto& { return network.blocks[i].token_norm; });
    both([i](auto& network) -> auto& { return network.blocks[i].token_mixer.in; });
    both([i](auto& network) -> auto& { return network.blocks[i].token_mixer.first; });
    both([i](auto& network) -> auto& { return network.blocks[i].token_mixer.second; });
    both([i](auto& network) -> auto& { return network.blocks[i].token_mixer.averages; });
    both([i](auto& network) -> auto& { return network.blocks[i].token_mixer.dense; });
    member([i](auto& network) -> auto& { return network.blocks[i].token_mixer.attention.weight; });
    both([i](auto& network) -> auto& { return network.blocks[i].token_mixer.out; });
  }
  both([](auto& network) -> auto& { return network.down; });
  both([](auto& network) -> auto& { return network.up; });
  both([](auto& network) -> auto& { return network.projection; });
  both([](auto& network) -> auto& { return network.final_norm; });
  member([](auto& network) -> auto& { return network.output; });
}

}  // namespace tmm::model
