// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <tuple>
#include <utility>

#include "model/checkpoint/families/block_operators.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/network_reader.hpp"
#include "model/checkpoint/families/recognition.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {
namespace {

constexpr std::array<std::string_view, 2> mixing_layers_of_both{"token_mixing_layer.", "conv."};
constexpr std::string_view decoder = "decoderblocks", one = "conv.weight", head_front = "conv.convs.",
                           head_back = ".weight";

/// Head of a dense weight of a decoder block: h of "conv.convs.h.weight", −1 of "conv.weight"; empty for any
/// other tensor.
std::optional<int> dense_head(std::string_view tensor) {
  const auto place = parse_block_tensor(tensor);
  if (!place || place->part != decoder) return std::nullopt;
  if (place->rest == one) return -1;
  if (!place->rest.starts_with(head_front) || !place->rest.ends_with(head_back) ||
      place->rest.size() < head_front.size() + head_back.size())
    return std::nullopt;
  std::string_view number = place->rest.substr(head_front.size());
  number.remove_suffix(head_back.size());
  int head = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), head);
  const bool canonical = error == std::errc() && end == number.data() + number.size() && head >= 0 &&
                         (number.size() == 1 || number.front() != '0') && number.front() != '-';
  return canonical ? std::optional(head) : std::nullopt;
}

std::vector<std::string> dense_names(std::span<const TensorInfo> tensors) {
  std::vector<std::tuple<int, int, std::string>> found;
  for (const TensorInfo& t : tensors)
    if (const auto head = dense_head(t.name))
      found.emplace_back(parse_block_tensor(t.name)->block, *head, t.name);
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (auto& [block, head, name] : found) names.push_back(std::move(name));
  return names;
}

bool of_decoder(const TensorInfo& tensor) {
  return tensor.name.starts_with("decoderblocks.");
}

/// Reads the decoder's blocks; the encoder and all that is not in blocks is a TMM autoencoder's.
class DecoderReader {
 public:
  DecoderReader(std::span<const TensorInfo> tensors, const std::string& source, const Architecture& encoder)
      : reader_(tensors, source),
        weights_(dense_names(tensors)),
        d_(encoder.embedding),
        n_(encoder.context) {}

  /// Adds parts, sizes and accounts to the architecture of the encoder.
  void add_to(Architecture& a) {
    const auto lists = reader_.block_lists({decoder});
    read_heads();
    a.form.decoder = DecoderMixing::dense;
    a.form.decoder_activation = Activation::gelu;
    a.form.decoder_token_mixing_first = true;
    a.form.decoder_heads = heads_;
    a.form.decoder_hidden = reader_.extent({"decoderblocks.0.patch_ff.0.weight"}, 2, 0);
    for (std::size_t i = 0; i < lists.front().blocks; ++i)
      expect_block("decoderblocks." + std::to_string(i) + ".", a.form.decoder_hidden);
    a.parts.push_back(lists.front());
    a.dense_operators += lists.front().blocks * std::max<std::size_t>(heads_, 1);
    add_account(reader_.finish(), a);
  }

 private:
  void read_heads() {
    for (const std::string& weight : weights_)
      heads_ = std::max(heads_, static_cast<std::size_t>(*dense_head(weight) + 1));
    if (heads_ != 0 && d_ % heads_ != 0)
      reader_.fail(weights_.front(), "the heads do not divide the embedding",
                   "H dividing d = " + std::to_string(d_), "H = " + std::to_string(heads_));
  }

  void expect_dense(const std::string& stem) {
    const std::string weight = stem + ".weight";
    const TensorInfo* t = reader_.find(weight);
    if (t == nullptr) reader_.fail(weight, "missing operator", "a dense matrix (n, n, 1) for every head");
    const bool plain = t->shape.size() == 2;
    reader_.expect(weight, plain ? NetworkReader::Shape{n_, n_} : NetworkReader::Shape{n_, n_, 1});
    reader_.expect(stem + ".bias", {n_});
  }

  void expect_block(const std::string& block, std::size_t hidden) {
    reader_.expect_norm(block + "seq_layernorm", d_);
    const std::string conv = block + "conv";
    if (heads_ == 0) expect_dense(conv);
    for (std::size_t h = 0; h < heads_; ++h) {
      reader_.expect_linear(conv + ".proj_head." + std::to_string(h), d_ / heads_, d_);
      expect_dense(conv + ".convs." + std::to_string(h));
    }
    if (heads_ != 0) reader_.expect_linear(conv + ".out_proj", d_, d_);
    reader_.expect_norm(block + "patch_layernorm", d_);
    reader_.expect_linear(block + "patch_ff.0", hidden, d_);
    reader_.expect_linear(block + "patch_ff.2", d_, hidden);
  }

  NetworkReader reader_;
  std::vector<std::string> weights_;
  std::size_t d_, n_, heads_ = 0;
};

/// A Toeplitz encoder, as the TMM's, under a decoder whose blocks mix over time with dense causal matrices
/// ("masked mixers"): how much of the input can be read back from one vector, x[m − 2]. Decoder block:
/// x += O·concat_h(W_h P_h LN(x) + b_h) (or one W alone), then x += C2·GELU(C1·LN(x)).
class InformationRetentionFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "information retention"; }
  [[nodiscard]] std::span<const std::string_view> mixing_layers() const override {
    return mixing_layers_of_both;
  }
  [[nodiscard]] bool is_operator(std::string_view tensor) const override {
    return dense_head(tensor).has_value() ||
           (tensor.starts_with("encoderblocks.") && tmm_family().is_operator(tensor));
  }
  [[nodiscard]] bool claims(std::span<const TensorInfo> tensors) const override {
    return std::ranges::any_of(tensors, [](const TensorInfo& t) { return dense_head(t.name).has_value(); });
  }
  [[nodiscard]] Architecture recognize(std::span<const TensorInfo> tensors,
                                       const std::string& source) const override;
  void assume(const Assumptions& assumptions, Architecture& architecture) const override;
  [[nodiscard]] std::vector<std::string> operator_names(std::span<const TensorInfo> tensors) const override;
  [[nodiscard]] std::vector<LayerOperator> operators(const StateDict& state,
                                                     const Architecture& architecture) const override;
  [[nodiscard]] NullModel null_model(const Architecture&) const override { return reference_null_model(); }
  [[nodiscard]] NetworkNames parameter_names(const Architecture& architecture) const override;
};

std::vector<TensorInfo> without_decoder(std::span<const TensorInfo> tensors) {
  std::vector<TensorInfo> rest;
  std::ranges::copy_if(tensors, std::back_inserter(rest), [](const TensorInfo& t) { return !of_decoder(t); });
  return rest;
}

/// Blocks of a decoder, or of a masked mixer, without any Toeplitz layer: their operators can be analysed.
Architecture dense_alone(std::span<const TensorInfo> blocks, std::span<const TensorInfo> rest,
                         const std::string& source) {
  NetworkReader sizes(blocks, source);
  const std::string first = dense_names(blocks).front();
  const std::size_t rank = sizes.find(first)->shape.size();
  Architecture a;
  a.network = Network::autoencoder;
  a.context = sizes.extent({first}, rank == 2 ? 2 : 3, 0);
  a.embedding = sizes.extent({"decoderblocks.0.seq_layernorm.weight"}, 1, 0);
  a.missing.emplace_back("encoderblocks.0");
  for (const TensorInfo& t : rest) a.unknown.push_back(t.name);
  DecoderReader(blocks, source, a).add_to(a);
  set_dense_mixing(a, a.dense_operators);
  return a;
}

Architecture InformationRetentionFamily::recognize(std::span<const TensorInfo> tensors,
                                                   const std::string& source) const {
  std::vector<TensorInfo> blocks;
  std::ranges::copy_if(tensors, std::back_inserter(blocks), of_decoder);
  const std::vector<TensorInfo> rest = without_decoder(tensors);
  if (std::ranges::none_of(rest, [&](const TensorInfo& t) { return is_operator(t.name); }))
    return dense_alone(blocks, rest, source);
  Architecture a = tmm_family().recognize(rest, source);
  std::erase(a.missing, "decoderblocks.0");
  if (a.network == Network::toeplitz_only) a.network = Network::autoencoder;
  DecoderReader(blocks, source, a).add_to(a);
  a.notes.push_back(
      "The decoder mixes over time with dense causal matrices, which are not Toeplitz: they have no symbol "
      "and "
      "no index.");
  return a;
}

void InformationRetentionFamily::assume(const Assumptions& assumptions, Architecture& architecture) const {
  NetworkForm& form = architecture.form;
  form.code_from_end = !assumptions.clm_encoder || assumptions.clm_encoder->value ? 2 : 1;
  form.unroll = !assumptions.unroll || assumptions.unroll->value;
  note_code(assumptions, architecture);
}

std::vector<std::string> InformationRetentionFamily::operator_names(
    std::span<const TensorInfo> tensors) const {
  std::vector<std::string> names = tmm_family().operator_names(without_decoder(tensors));
  for (std::string& name : dense_names(tensors)) names.push_back(std::move(name));
  return names;
}

std::vector<LayerOperator> InformationRetentionFamily::operators(const StateDict& state,
                                                                 const Architecture& architecture) const {
  std::vector<LayerOperator> layers = tmm_family().operators(state, architecture);
  for (const std::string& name : dense_names(state.infos())) {
    const Tensor& tensor = state.at(name);
    LayerOperator layer = dense_operator(tensor);
    if (const int head = *dense_head(name); head >= 0) layer.head = head;
    const std::size_t n = tensor.info.shape[0];
    for (std::size_t t = 0; t < n; ++t)  // what the network masks may hold anything
      std::fill_n(layer.matrix.begin() + static_cast<std::ptrdiff_t>(t * n + t + 1), n - t - 1, 0.0);
    layers.push_back(std::move(layer));
  }
  return layers;
}

NetworkNames InformationRetentionFamily::parameter_names(const Architecture& architecture) const {
  NetworkNames names = tmm_family().parameter_names(architecture);
  const bool heads = architecture.form.decoder_heads != 0;
  names.decoder_block = {"patch_layernorm",
                         "patch_ff.0",
                         "patch_ff.2",
                         "seq_layernorm",
                         "conv.",
                         "",
                         heads ? "out_proj" : "",
                         heads ? "proj_head." : "",
                         heads ? "convs." : "",
                         "weight",
                         "bias"};
  return names;
}

}  // namespace

const Family& information_retention_family() {
  static const InformationRetentionFamily family;
  return family;
}

}  // namespace tmm::model
