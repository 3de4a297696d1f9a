// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/contradiction.hpp"
#include "model/checkpoint/families/block_operators.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/network_reader.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {
namespace {

constexpr std::array<std::string_view, 1> mixing_layer{"token_mixing_layer."};

TokenMixing mixing_of(const ToeplitzName& weight, std::size_t rows) {
  if (weight.parallel_heads) return TokenMixing::parallel_heads;
  if (weight.head) return weight.stage ? TokenMixing::heads_expanded : TokenMixing::heads;
  if (weight.stage) return TokenMixing::expanded;
  return rows > 1 ? TokenMixing::kernel : TokenMixing::flat;
}

std::vector<std::string> weight_names(std::span<const TensorInfo> tensors) {
  using Key = std::tuple<int, int, int, int>;  // part, block, head, stage
  std::vector<std::pair<Key, std::string>> found;
  for (const TensorInfo& t : tensors)
    if (const auto place = parse_toeplitz_weight(t.name))
      found.emplace_back(
          Key{part_order(place->part), place->block, place->head.value_or(-1), place->stage.value_or(-1)},
          t.name);
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [key, tensor] : found) names.push_back(std::move(tensor));
  return names;
}

/// One recognition: reads the tensors once, fills `result_` step by step.
class Recognition {
 public:
  Recognition(std::span<const TensorInfo> tensors, const std::string& source)
      : reader_(tensors, source), result_(reader_.result), weights_(weight_names(tensors)) {}

  Architecture run() {
    read_mixing();
    read_block_lists();
    require_all_weights();
    read_sizes();
    expect_embeddings();
    const auto stems = toeplitz_stems();
    for_each_block(result_, [&](const std::string& block) { expect_block(block, stems); });
    if (std::ranges::all_of(reader_.known(), is_weight_or_bias)) result_.network = Network::toeplitz_only;
    return reader_.finish();
  }

 private:
  static bool is_weight_or_bias(const std::string& tensor) {
    return parse_toeplitz_weight(tensor.ends_with(".bias") ? tensor.substr(0, tensor.size() - 4) + "weight"
                                                           : tensor)
        .has_value();
  }

  /// Variant, n, k and H from the first Toeplitz weight; all others must agree with it.
  void read_mixing() {
    const TensorInfo& first = *reader_.find(weights_.front());
    if (is_dense(first)) return read_dense(first);
    for (const std::string& weight : weights_) {
      const TensorInfo& t = *reader_.find(weight);
      if (t.shape.size() != 2)
        reader_.fail(weight, "wrong rank of a Toeplitz weight", "shape (k, n)", format_shape(t.shape));
      if (t.size() == 0)
        reader_.fail(weight, "empty Toeplitz weight", "n of at least 1", format_shape(t.shape));
      const ToeplitzName place = *parse_toeplitz_weight(weight);
      if ((place.head || place.stage) && t.shape[0] != 1)
        reader_.fail(weight, "wrong shape of a Toeplitz weight", "(1, n)", format_shape(t.shape));
      if (mixing_of(place, t.shape[0]) != mixing_of(*parse_toeplitz_weight(first.name), first.shape[0]))
        reader_.fail(weight, "blocks disagree on the variant",
                     "as " + printable(first.name) + " " + format_shape(first.shape), format_shape(t.shape));
      if (t.shape != first.shape)
        reader_.fail(weight, "ragged sizes", format_shape(first.shape) + " as " + printable(first.name),
                     format_shape(t.shape));
      if (place.head) result_.heads = std::max(result_.heads, static_cast<std::size_t>(*place.head) + 1);
    }
    result_.mixing = mixing_of(*parse_toeplitz_weight(first.name), first.shape[0]);
    result_.context = first.shape[1];
    if (result_.mixing == TokenMixing::kernel) result_.kernel_rows = first.shape[0];
    if (result_.mixing == TokenMixing::parallel_heads) result_.heads = first.shape[0];
    result_.operators = weights_.size() * first.shape[0];
  }

  /// (n, n, 1), as a convolution over time with masked weights is stored: a dense matrix for every block.
  static bool is_dense(const TensorInfo& t) {
    return t.shape.size() == 3 && t.shape[0] == t.shape[1] && t.shape[0] > 0 && t.shape[2] == 1;
  }

  void read_dense(const TensorInfo& first) {
    for (const std::string& weight : weights_) {
      const ToeplitzName place = *parse_toeplitz_weight(weight);
      if (place.head || place.stage || place.parallel_heads)
        reader_.fail(weight, "dense matrices of heads or stages", "one matrix (n, n, 1) a block");
      if (const TensorInfo& t = *reader_.find(weight); t.shape != first.shape)
        reader_.fail(weight, "ragged sizes", format_shape(first.shape) + " as " + printable(first.name),
                     format_shape(t.shape));
    }
    result_.context = first.shape[0];
    set_dense_mixing(result_, weights_.size());
  }

  void read_block_lists() {
    result_.parts = reader_.block_lists({"mixer_blocks", "encoderblocks", "decoderblocks"});
    const bool mixer = result_.parts.front().prefix == "mixer_blocks";
    if (mixer && result_.parts.size() > 1)
      reader_.fail(result_.parts.back().prefix, "blocks of an autoencoder beside blocks of a language model",
                   "one network in a file");
    result_.network = mixer ? Network::language_model : Network::autoencoder;
  }

  [[nodiscard]] std::vector<std::string> toeplitz_stems() const {
    switch (result_.mixing) {
      case TokenMixing::flat:
      case TokenMixing::kernel:
      case TokenMixing::dense:
        return {""};
      case TokenMixing::expanded:
        return {"0.", "3."};
      case TokenMixing::parallel_heads:
        return {"mixer_heads."};
      case TokenMixing::heads:
      case TokenMixing::heads_expanded:
      case TokenMixing::averages:  // these two never here
      case TokenMixing::attention:
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

  /// The variant fixes which Toeplitz weights a block has: one left out would silently shorten every
  /// analysis.
  void require_all_weights() const {
    const auto stems = toeplitz_stems();
    for_each_block(result_, [&](const std::string& block) {
      for (const std::string& stem : stems)
        if (const std::string weight = block + "token_mixing_layer." + stem + "weight";
            reader_.find(weight) == nullptr)
          reader_.fail(weight, "missing Toeplitz weight",
                       "a " + std::string(name(result_.mixing)) + " layer in every block");
    });
  }

  void read_sizes() {
    result_.vocabulary =
        reader_.extent({"input_layer.weight", "wte.weight", "output_layer.weight", "lm_head.weight"}, 2, 0);
    result_.embedding =
        reader_.extent({"input_layer.weight", "wte.weight", "output_layer.weight", "lm_head.weight"}, 2, 1);
    for_each_block(result_, [&](const std::string& block) {
      if (result_.hidden != 0 && result_.embedding != 0) return;
      const std::string expand = block + "channel_mixing_layer.0.weight";
      if (result_.hidden == 0) result_.hidden = reader_.extent({expand}, 2, 0);
      if (result_.embedding != 0) return;
      result_.embedding = reader_.extent({expand}, 2, 1);
      if (result_.embedding == 0)
        result_.embedding =
            reader_.extent({block + "channel_norm.weight", block + "token_norm.weight"}, 1, 0);
      if (result_.embedding == 0)
        result_.embedding = reader_.extent({block + "token_mixing_layer.out_proj.weight"}, 2, 0);
    });
    result_.bottleneck = reader_.extent({"down.weight"}, 2, 0);
    const std::size_t d = result_.embedding;
    if (d % result_.heads != 0)
      reader_.fail(weights_.front(), "the heads do not divide the embedding",
                   "H dividing d = " + std::to_string(d), "H = " + std::to_string(result_.heads));
  }

  void expect_block(const std::string& block, const std::vector<std::string>& stems) {
    const std::size_t d = result_.embedding, n = result_.context;
    reader_.expect_norm(block + "channel_norm", d);
    reader_.expect_linear(block + "channel_mixing_layer.0", result_.hidden, d);
    reader_.expect_linear(block + "channel_mixing_layer.3", d, result_.hidden);
    reader_.expect_norm(block + "token_norm", d);
    const std::string mixing = block + "token_mixing_layer.";
    const bool parallel = result_.mixing == TokenMixing::parallel_heads;
    for (const std::string& stem : stems) {
      reader_.expect(mixing + stem + "weight", result_.mixing == TokenMixing::dense
                                                   ? NetworkReader::Shape{n, n, 1}
                                                   : NetworkReader::Shape{0, n});
      reader_.expect(mixing + stem + "bias",
                     parallel ? NetworkReader::Shape{result_.heads, n} : NetworkReader::Shape{n});
    }
    const bool heads = result_.mixing == TokenMixing::heads || result_.mixing == TokenMixing::heads_expanded;
    if (parallel) reader_.expect_linear(mixing + "in_proj", d, d);
    for (std::size_t h = 0; heads && h < result_.heads; ++h)
      reader_.expect_linear(mixing + "proj_head." + std::to_string(h), d / result_.heads, d);
    if (parallel || heads) reader_.expect_linear(mixing + "out_proj", d, d);
  }

  void expect_embeddings() {
    const std::size_t d = result_.embedding, v = result_.vocabulary;
    if (result_.network == Network::autoencoder) {
      reader_.expect("wte.weight", {v, d});
      reader_.expect_linear("projection", d, d / 2);
      reader_.expect("lm_head.weight", {v, d});
      if (reader_.find("down.weight") != nullptr || reader_.find("up.weight") != nullptr) {
        reader_.expect_linear("down", result_.bottleneck, d);
        reader_.expect_linear("up", d, result_.bottleneck);
      }
      for (const char* part : {"encoderblocks", "decoderblocks"})
        if (std::none_of(result_.parts.begin(), result_.parts.end(),
                         [&](const BlockList& p) { return p.prefix == part; }))
          reader_.add_missing(std::string(part) + ".0");
      return;
    }
    const bool input = reader_.find("input_layer.weight") != nullptr,
               output = reader_.find("output_layer.weight") != nullptr;
    result_.tied = input != output;
    if (input || !output) reader_.expect("input_layer.weight", {v, d});
    if (output || !input) reader_.expect("output_layer.weight", {v, d});
  }

  NetworkReader reader_;
  Architecture& result_;  // of the reader
  std::vector<std::string> weights_;
};

class TmmFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "TMM"; }
  [[nodiscard]] std::span<const std::string_view> mixing_layers() const override { return mixing_layer; }
  [[nodiscard]] bool is_operator(std::string_view tensor) const override {
    return parse_toeplitz_weight(tensor).has_value();
  }
  [[nodiscard]] Architecture recognize(std::span<const TensorInfo> tensors,
                                       const std::string& source) const override {
    return Recognition(tensors, source).run();
  }
  void assume(const Assumptions& assumptions, Architecture& architecture) const override;
  [[nodiscard]] std::vector<std::string> operator_names(std::span<const TensorInfo> tensors) const override {
    return weight_names(tensors);
  }
  [[nodiscard]] std::vector<LayerOperator> operators(const StateDict& state,
                                                     const Architecture& architecture) const override;
  [[nodiscard]] NullModel null_model(const Architecture&) const override { return reference_null_model(); }
  [[nodiscard]] NetworkNames parameter_names(const Architecture& architecture) const override;
};

void TmmFamily::assume(const Assumptions& assumptions, Architecture& architecture) const {
  if (architecture.network != Network::autoencoder) return;
  architecture.form.code_from_end = assumptions.clm_encoder && assumptions.clm_encoder->value ? 2 : 1;
  architecture.form.unroll = !assumptions.unroll || assumptions.unroll->value;
  note_code(assumptions, architecture, false);
}

std::vector<LayerOperator> dense_layers(const StateDict& state) {
  std::vector<LayerOperator> layers;
  for (const std::string& weight : weight_names(state.infos())) {
    const Tensor& tensor = state.at(weight);
    if (!zero_above_diagonal(tensor))
      throw FormatError("a dense matrix that is not causal",
                        {state.source(), weight, "zeros above the diagonal", "other numbers there", ""});
    layers.push_back(dense_operator(tensor));
  }
  return layers;
}

std::vector<LayerOperator> TmmFamily::operators(const StateDict& state,
                                                const Architecture& architecture) const {
  if (architecture.mixing == TokenMixing::dense) return dense_layers(state);
  std::vector<LayerOperator> layers;
  layers.reserve(architecture.operators);
  for (const std::string& weight : weight_names(state.infos())) {
    const Tensor& tensor = state.at(weight);
    const ToeplitzName place = *parse_toeplitz_weight(weight);
    const std::size_t rows = tensor.info.shape[0], n = tensor.info.shape[1];  // (k, n) or (H, n)
    const std::vector<double> values = tensor.as_double();
    for (std::size_t r = 0; r < rows; ++r) {
      LayerOperator layer{weight,      std::string(place.part), place.block, place.head, {},
                          place.stage, tensor.info.dtype,       {}};
      if (rows > 1 || place.parallel_heads) {
        layer.name.append("[").append(std::to_string(r)).append("]");
        (place.parallel_heads ? layer.head : layer.row) = static_cast<int>(r);
      }
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(r * n);
      layer.taps.assign(begin, begin + static_cast<std::ptrdiff_t>(n));
      layers.push_back(std::move(layer));
    }
  }
  return layers;
}

NetworkNames TmmFamily::parameter_names(const Architecture& architecture) const {
  const bool autoencoder = architecture.network == Network::autoencoder;
  const BlockNames block{"channel_norm",
                         "channel_mixing_layer.0",
                         "channel_mixing_layer.3",
                         "token_norm",
                         "token_mixing_layer.",
                         "in_proj",
                         "out_proj",
                         "proj_head.",
                         "mixer_heads.",
                         "weight",
                         "bias"};
  return {autoencoder ? "wte.weight" : "input_layer.weight",
          autoencoder ? "lm_head.weight" : "output_layer.weight", "", block, block};
}

}  // namespace

const Family& tmm_family() {
  static const TmmFamily family;
  return family;
}

}  // namespace tmm::model
