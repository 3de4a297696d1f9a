// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/missing_layers.hpp"
#include "model/checkpoint/toeplitz_layers.hpp"
#include "model/checkpoint/toeplitz_name.hpp"
#include "model/checkpoint/wrapper_names.hpp"

namespace tmm::model {
namespace {

using Shape = std::vector<std::size_t>;

TokenMixing mixing_of(const ToeplitzName& weight, std::size_t rows) {
  if (weight.parallel_heads) return TokenMixing::parallel_heads;
  if (weight.head) return weight.stage ? TokenMixing::heads_expanded : TokenMixing::heads;
  if (weight.stage) return TokenMixing::expanded;
  return rows > 1 ? TokenMixing::kernel : TokenMixing::flat;
}

/// One recognition: reads the tensors once, fills `result_` step by step.
class Recognition {
 public:
  Recognition(std::span<const TensorInfo> tensors, const std::string& source) : source_(source) {
    for (const TensorInfo& t : tensors) tensors_.emplace(t.name, &t);
    weights_ = toeplitz_weight_names(tensors);
    if (weights_.empty()) throw no_toeplitz_layer(tensors, source);
  }

  Architecture run() {
    read_mixing();
    read_block_lists();
    require_all_weights();
    read_sizes();
    expect_all();
    summarize();
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& tensor, const std::string& what, std::string expected = {},
                         std::string found = {}) const {
    throw FormatError(what, {source_, tensor, std::move(expected), std::move(found), ""});
  }

  [[nodiscard]] const TensorInfo* find(std::string_view tensor) const {
    const auto position = tensors_.find(tensor);
    return position == tensors_.end() ? nullptr : position->second;
  }

  /// Extent `axis` of the first of `names` that is stored with rank `rank`; 0 if none is.
  [[nodiscard]] std::size_t extent(std::initializer_list<std::string> names, std::size_t rank,
                                   std::size_t axis) const {
    for (const std::string& candidate : names)
      if (const TensorInfo* t = find(candidate); t != nullptr && t->shape.size() == rank)
        return t->shape[axis];
    return 0;
  }

  /// Variant, n, k and H from the first Toeplitz weight; all others must agree with it.
  void read_mixing() {
    const TensorInfo& first = *find(weights_.front());
    for (const std::string& weight : weights_) {
      const TensorInfo& t = *find(weight);
      if (t.shape.size() != 2)
        fail(weight, "wrong rank of a Toeplitz weight", "shape (k, n)", format_shape(t.shape));
      if (t.size() == 0) fail(weight, "empty Toeplitz weight", "n of at least 1", format_shape(t.shape));
      const ToeplitzName place = *parse_toeplitz_weight(weight);
      if ((place.head || place.stage) && t.shape[0] != 1)
        fail(weight, "wrong shape of a Toeplitz weight", "(1, n)", format_shape(t.shape));
      if (mixing_of(place, t.shape[0]) != mixing_of(*parse_toeplitz_weight(first.name), first.shape[0]))
        fail(weight, "blocks disagree on the variant",
             "as " + printable(first.name) + " " + format_shape(first.shape), format_shape(t.shape));
      if (t.shape != first.shape)
        fail(weight, "ragged sizes", format_shape(first.shape) + " as " + printable(first.name),
             format_shape(t.shape));
      if (place.head) result_.heads = std::max(result_.heads, static_cast<std::size_t>(*place.head) + 1);
    }
    result_.mixing = mixing_of(*parse_toeplitz_weight(first.name), first.shape[0]);
    result_.context = first.shape[1];
    if (result_.mixing == TokenMixing::kernel) result_.kernel_rows = first.shape[0];
    if (result_.mixing == TokenMixing::parallel_heads) result_.heads = first.shape[0];
    result_.operators = weights_.size() * first.shape[0];
  }

  void read_block_lists() {
    std::map<std::string, std::set<int>, std::less<>> numbers;
    for (const auto& [tensor, info] : tensors_)
      if (const auto place = parse_block_tensor(tensor))
        numbers[std::string(place->part)].insert(place->block);
    for (const auto& [part, blocks] : numbers) {
      int next = 0;
      for (const int block : blocks) {
        if (block != next)
          fail(part + "." + std::to_string(next), "missing block",
               "blocks 0 to " + std::to_string(*blocks.rbegin()) + " without a gap",
               "block " + std::to_string(block) + " in its place");
        ++next;
      }
      result_.parts.push_back({part, blocks.size()});
    }
    std::sort(result_.parts.begin(), result_.parts.end(), [](const BlockList& a, const BlockList& b) {
      return part_order(a.prefix) < part_order(b.prefix);
    });
    const bool mixer = numbers.contains("mixer_blocks");
    if (mixer && numbers.size() > 1)
      fail(result_.parts.back().prefix, "blocks of an autoencoder beside blocks of a language model",
           "one network in a file");
    result_.network = mixer ? Network::language_model : Network::autoencoder;
  }

  [[nodiscard]] std::vector<std::string> toeplitz_stems() const {
    switch (result_.mixing) {
      case TokenMixing::flat:
      case TokenMixing::kernel:
        return {""};
      case TokenMixing::expanded:
        return {"0.", "3."};
      case TokenMixing::parallel_heads:
        return {"mixer_heads."};
      case TokenMixing::heads:
      case TokenMixing::heads_expanded:
        break;
    }
    std::vector<std::string> stems;
    for (std::size_t h = 0; h < result_.heads; ++h) {
      const std::string head = "mixer_heads." + std::to_string(h) + ".";
      if (result_.mixing == TokenMixing::heads) {
        stems.push_back(head);
      } else {
        stems.insert(stems.end(), {head + "0.", head + "3."});
      }
    }
    return stems;
  }

  template <class Visit>
  void for_each_block(Visit visit) const {
    for (const BlockList& part : result_.parts)
      for (std::size_t i = 0; i < part.blocks; ++i) visit(part.prefix + "." + std::to_string(i) + ".");
  }

  /// The variant fixes which Toeplitz weights a block has: one left out would silently shorten every
  /// analysis.
  void require_all_weights() const {
    const auto stems = toeplitz_stems();
    for_each_block([&](const std::string& block) {
      for (const std::string& stem : stems)
        if (const std::string weight = block + "token_mixing_layer." + stem + "weight";
            find(weight) == nullptr)
          fail(weight, "missing Toeplitz weight",
               "a " + std::string(name(result_.mixing)) + " layer in every block");
    });
  }

  void read_sizes() {
    result_.vocabulary =
        extent({"input_layer.weight", "wte.weight", "output_layer.weight", "lm_head.weight"}, 2, 0);
    result_.embedding =
        extent({"input_layer.weight", "wte.weight", "output_layer.weight", "lm_head.weight"}, 2, 1);
    for_each_block([&](const std::string& block) {
      if (result_.hidden == 0) result_.hidden = extent({block + "channel_mixing_layer.0.weight"}, 2, 0);
      if (result_.embedding != 0) return;
      result_.embedding = extent({block + "channel_mixing_layer.0.weight"}, 2, 1);
      if (result_.embedding == 0)
        result_.embedding = extent({block + "channel_norm.weight", block + "token_norm.weight"}, 1, 0);
      if (result_.embedding == 0)
        result_.embedding = extent({block + "token_mixing_layer.out_proj.weight"}, 2, 0);
    });
    result_.bottleneck = extent({"down.weight"}, 2, 0);
    const std::size_t d = result_.embedding;
    if (d % result_.heads != 0)
      fail(weights_.front(), "the heads do not divide the embedding", "H dividing d = " + std::to_string(d),
           "H = " + std::to_string(result_.heads));
  }

  /// `tensor` belongs to the network: it has this shape (0: any extent), or is listed as missing.
  void expect(const std::string& tensor, const Shape& shape) {
    known_.insert(tensor);
    const TensorInfo* t = find(tensor);
    if (t == nullptr) {
      result_.missing.push_back(tensor);
      return;
    }
    const bool agrees =
        std::equal(shape.begin(), shape.end(), t->shape.begin(), t->shape.end(),
                   [](std::size_t want, std::size_t got) { return want == 0 || want == got; });
    if (t->shape.size() != shape.size())
      fail(tensor, "wrong rank", "rank " + std::to_string(shape.size()), format_shape(t->shape));
    if (!agrees) fail(tensor, "ragged sizes", format_shape(shape), format_shape(t->shape));
  }

  void expect_linear(const std::string& stem, std::size_t out, std::size_t in) {
    expect(stem + ".weight", {out, in});
    expect(stem + ".bias", {out});
  }

  void expect_block(const std::string& block, const std::vector<std::string>& stems) {
    const std::size_t d = result_.embedding, n = result_.context;
    expect(block + "channel_norm.weight", {d});
    expect(block + "channel_norm.bias", {d});
    expect_linear(block + "channel_mixing_layer.0", result_.hidden, d);
    expect_linear(block + "channel_mixing_layer.3", d, result_.hidden);
    expect(block + "token_norm.weight", {d});
    expect(block + "token_norm.bias", {d});
    const std::string mixing = block + "token_mixing_layer.";
    const bool parallel = result_.mixing == TokenMixing::parallel_heads;
    for (const std::string& stem : stems) {
      expect(mixing + stem + "weight", {0, n});
      expect(mixing + stem + "bias", parallel ? Shape{result_.heads, n} : Shape{n});
    }
    const bool heads = result_.mixing == TokenMixing::heads || result_.mixing == TokenMixing::heads_expanded;
    if (parallel) expect_linear(mixing + "in_proj", d, d);
    for (std::size_t h = 0; heads && h < result_.heads; ++h)
      expect_linear(mixing + "proj_head." + std::to_string(h), d / result_.heads, d);
    if (parallel || heads) expect_linear(mixing + "out_proj", d, d);
  }

  void expect_embeddings() {
    const std::size_t d = result_.embedding, v = result_.vocabulary;
    if (result_.network == Network::autoencoder) {
      expect("wte.weight", {v, d});
      expect_linear("projection", d, d / 2);
      expect("lm_head.weight", {v, d});
      if (find("down.weight") != nullptr || find("up.weight") != nullptr) {
        expect_linear("down", result_.bottleneck, d);
        expect_linear("up", d, result_.bottleneck);
      }
      for (const char* part : {"encoderblocks", "decoderblocks"})
        if (std::none_of(result_.parts.begin(), result_.parts.end(),
                         [&](const BlockList& p) { return p.prefix == part; }))
          result_.missing.push_back(std::string(part) + ".0");
      return;
    }
    const bool input = find("input_layer.weight") != nullptr, output = find("output_layer.weight") != nullptr;
    result_.tied = input != output;
    if (input || !output) expect("input_layer.weight", {v, d});
    if (output || !input) expect("output_layer.weight", {v, d});
  }

  void expect_all() {
    const auto stems = toeplitz_stems();
    expect_embeddings();
    for_each_block([&](const std::string& block) { expect_block(block, stems); });
  }

  /// The copy that `tensor` is part of, if any.
  NetworkCopy* copy_of(const std::string& tensor) {
    const auto place = std::ranges::find_if(
        result_.copies, [&](const NetworkCopy& copy) { return tensor.starts_with(copy.prefix); });
    return place == result_.copies.end() ? nullptr : &*place;
  }

  void find_copies() {
    std::set<std::string> prefixes;
    for (const auto& [tensor, info] : tensors_)
      if (const auto prefix = block_container(tensor); !prefix.empty()) prefixes.emplace(prefix);
    for (const std::string& prefix : prefixes)
      if (copy_of(prefix) == nullptr) result_.copies.push_back({prefix, 0});
  }

  void summarize() {
    bool only_toeplitz = true;
    find_copies();
    for (const auto& [tensor, info] : tensors_) {
      if (!known_.contains(tensor)) {
        if (NetworkCopy* copy = copy_of(tensor))
          ++copy->tensors;
        else
          result_.unknown.push_back(tensor);
        continue;
      }
      result_.parameters += info->size();
      const std::string as_weight =
          tensor.ends_with(".bias") ? tensor.substr(0, tensor.size() - 4) + "weight" : tensor;
      only_toeplitz = only_toeplitz && parse_toeplitz_weight(as_weight).has_value();
    }
    if (only_toeplitz) result_.network = Network::toeplitz_only;
    result_.contradictions = contradictions_of_names(result_.unknown, result_.missing);
  }

  const std::string& source_;
  std::map<std::string, const TensorInfo*, std::less<>> tensors_;
  std::vector<std::string> weights_;
  std::set<std::string, std::less<>> known_;
  Architecture result_;
};

}  // namespace

Architecture recognize(std::span<const TensorInfo> tensors, const std::string& source) {
  return Recognition(tensors, source).run();
}

Architecture recognize(const StateDict& state) {
  Architecture architecture = recognize(state.infos(), state.source());
  add_dense_matrices(state, architecture);
  return architecture;
}

}  // namespace tmm::model
