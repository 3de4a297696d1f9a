// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/network/tmm.hpp"

namespace tmm::model {

/// Calls visit(name, shape, span) for every stored tensor of a network: its state-dict name, its shape, and
/// its numbers inside `network`, which is Tmm<T> or const Tmm<T>. The one place that knows how the typed
/// network and the names in a file belong together. The order is fixed: two networks of one architecture can
/// be walked in step.
template <class Model, class Visit>
class ParameterWalk {
 public:
  ParameterWalk(Model& network, Visit& visit) : network_(network), visit_(visit) {}

  void run() {
    const std::size_t v = network_.architecture.vocabulary, d = network_.architecture.embedding;
    const bool autoencoder = network_.autoencoder();
    tensor(autoencoder ? "wte.weight" : "input_layer.weight", {v, d}, all(network_.embedding));
    for (auto& block : network_.blocks) walk(block);
    if (autoencoder) {
      walk("down", network_.down);
      walk("up", network_.up);
      walk("projection", network_.projection);
    }
    if (!network_.output.empty())
      tensor(autoencoder ? "lm_head.weight" : "output_layer.weight", {v, d}, all(network_.output));
  }

 private:
  using Shape = std::vector<std::size_t>;

  static auto all(auto& values) { return std::span(values); }

  void tensor(const std::string& name, const Shape& shape, auto values) { visit_(name, shape, values); }

  void walk(const std::string& name, auto& linear) {
    if (linear.out == 0) return;
    tensor(name + ".weight", {linear.out, linear.in}, all(linear.weight));
    tensor(name + ".bias", {linear.out}, all(linear.bias));
  }

  void walk_norm(const std::string& name, auto& norm) {
    tensor(name + ".weight", {norm.weight.size()}, all(norm.weight));
    tensor(name + ".bias", {norm.bias.size()}, all(norm.bias));
  }

  void walk(auto& block) {
    walk_norm(block.name + ".channel_norm", block.channel_norm);
    walk(block.name + ".channel_mixing_layer.0", block.expand);
    walk(block.name + ".channel_mixing_layer.3", block.contract);
    walk_norm(block.name + ".token_norm", block.token_norm);
    walk_mixer(block.name + ".token_mixing_layer.", block.token_mixer);
  }

  void walk_mixer(const std::string& name, auto& mixer) {
    if (network_.architecture.mixing == TokenMixing::parallel_heads) {
      walk(name + "in_proj", mixer.in);
      const auto& stage = mixer.first;
      tensor(name + "mixer_heads.weight", {stage.heads, stage.context}, all(mixer.first.weight));
      tensor(name + "mixer_heads.bias", {stage.heads, stage.context}, all(mixer.first.bias));
    } else if (mixer.in.out != 0) {
      for (std::size_t h = 0; h < mixer.first.heads; ++h) walk_head(name, h, mixer);
    } else {
      walk_stages(name, 0, mixer);
    }
    walk(name + "out_proj", mixer.out);
  }

  void walk_head(const std::string& name, std::size_t h, auto& mixer) {
    const std::size_t d = mixer.in.in, width = mixer.in.out / mixer.first.heads;
    const std::string projection = name + "proj_head." + std::to_string(h);
    tensor(projection + ".weight", {width, d}, all(mixer.in.weight).subspan(h * width * d, width * d));
    tensor(projection + ".bias", {width}, all(mixer.in.bias).subspan(h * width, width));
    walk_stages(name + "mixer_heads." + std::to_string(h) + ".", h, mixer);
  }

  void walk_stages(const std::string& name, std::size_t h, auto& mixer) {
    const bool expanded = mixer.second.heads != 0;
    walk_stage(expanded ? name + "0." : name, h, mixer.first);
    if (expanded) walk_stage(name + "3.", h, mixer.second);
  }

  void walk_stage(const std::string& name, std::size_t h, auto& stage) {
    const std::size_t k = stage.rows, n = stage.context;
    tensor(name + "weight", {k, n}, all(stage.weight).subspan(h * k * n, k * n));
    tensor(name + "bias", {n}, all(stage.bias).subspan(h * n, n));
  }

  Model& network_;
  Visit& visit_;
};

template <class Model, class Visit>
void for_each_parameter(Model& network, Visit visit) {
  ParameterWalk<Model, Visit>(network, visit).run();
}

/// Calls visit(span, span, …) for every array of numbers of networks of one architecture, walked in step: the
/// same array of each of them. The order is fixed. Takes no memory, for what happens at every training step.
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
    both([i](auto& network) -> auto& { return network.blocks[i].token_mixer.out; });
  }
  both([](auto& network) -> auto& { return network.down; });
  both([](auto& network) -> auto& { return network.up; });
  both([](auto& network) -> auto& { return network.projection; });
  member([](auto& network) -> auto& { return network.output; });
}

}  // namespace tmm::model
