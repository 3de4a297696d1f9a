// SPDX-License-Identifier: MIT
#include <array>
#include <string>

#include "model/base/error.hpp"
#include "model/base/text.hpp"
#include "model/checkpoint/families/block_operators.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/network_reader.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {
namespace {

constexpr std::array<std::string_view, 1> mixing_layer{"token_mixing_layer."};
constexpr std::string_view query = "token_mixing_layer.q_proj.weight";

constexpr std::size_t assumed_context = 512;

/// The blocks of a TMM with causal softmax attention and rotary positions in the place of Toeplitz layers: a
/// transformer, as a baseline. It has no operators over time that do not depend on the input. No tensor has
/// the length n: what stands with the file or the user gives it, or it is assumed.
class AttentionFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "attention"; }
  [[nodiscard]] std::span<const std::string_view> mixing_layers() const override { return mixing_layer; }
  [[nodiscard]] bool is_operator(std::string_view) const override { return false; }
  [[nodiscard]] bool claims(std::span<const TensorInfo> tensors) const override {
    return !block_tensor_names(tensors, "mixer_blocks", {query}).empty();
  }
  [[nodiscard]] Architecture recognize(std::span<const TensorInfo> tensors,
                                       const std::string& source) const override;
  void assume(const Assumptions& assumptions, Architecture& architecture) const override;
  [[nodiscard]] std::vector<std::string> operator_names(std::span<const TensorInfo>) const override {
    return {};
  }
  [[nodiscard]] std::vector<LayerOperator> operators(const StateDict&, const Architecture&) const override {
    return {};
  }
  [[nodiscard]] bool starts_half_inside() const override { return false; }
  [[nodiscard]] NullModel null_model(const Architecture&) const override {
    return {"Attention has no Toeplitz operators: there is no null model, and no z-score.", nullptr, nullptr,
            ""};
  }
  [[nodiscard]] NetworkNames parameter_names(const Architecture& architecture) const override;
};

void require_rotary_heads(const NetworkReader& reader, const std::string& tensor, std::size_t d,
                          std::size_t heads) {
  if (heads == 0 || d % heads != 0)
    reader.fail(tensor, "the heads do not divide the embedding", "H dividing d = " + std::to_string(d),
                "H = " + std::to_string(heads));
  if (d / heads % 2 != 0)
    reader.fail(tensor, "rotary positions turn pairs of channels", "heads of an even number of channels",
                "d/H = " + std::to_string(d / heads));
}

Architecture AttentionFamily::recognize(std::span<const TensorInfo> tensors,
                                        const std::string& source) const {
  NetworkReader reader(tensors, source);
  Architecture& a = reader.result;
  a.mixing = TokenMixing::attention;
  a.parts = reader.block_lists({"mixer_blocks"});
  const std::string first = "mixer_blocks.0." + std::string(query);
  const TensorInfo* weight = reader.find(first);
  if (weight == nullptr) reader.fail(first, "missing projection", "attention in every block");
  if (weight->shape.size() != 3)
    reader.fail(first, "wrong rank of a projection of attention", "(H, d/H, d)", format_shape(weight->shape));
  a.heads = weight->shape[0];
  a.embedding = weight->shape[2];
  const std::size_t d = a.embedding;
  require_rotary_heads(reader, first, d, a.heads);
  a.vocabulary = reader.extent({"input_layer.weight", "output_layer.weight"}, 2, 0);
  a.hidden = reader.extent({"mixer_blocks.0.channel_mixing_layer.0.weight"}, 2, 0);
  const bool input = reader.find("input_layer.weight") != nullptr,
             output = reader.find("output_layer.weight") != nullptr;
  a.tied = input != output;
  if (input || !output) reader.expect("input_layer.weight", {a.vocabulary, d});
  if (output || !input) reader.expect("output_layer.weight", {a.vocabulary, d});
  for_each_block(a, [&](const std::string& block) {
    reader.expect_norm(block + "channel_norm", d);
    reader.expect_linear(block + "channel_mixing_layer.0", a.hidden, d);
    reader.expect_linear(block + "channel_mixing_layer.3", d, a.hidden);
    reader.expect_norm(block + "token_norm", d);
    const std::string mixing = block + "token_mixing_layer.";
    for (const char* part : {"q_proj", "k_proj", "v_proj"})
      reader.expect(mixing + part + ".weight", {a.heads, d / a.heads, d});
    reader.expect(mixing + "out_proj.weight", {d, d});
    reader.expect(mixing + "rotary.inv_freq", {d / a.heads / 2});
  });
  Architecture result = reader.finish();
  result.notes.emplace_back(
      "The layers mix over time with attention, which has no Toeplitz operators: no symbol and no index.");
  return result;
}

void AttentionFamily::assume(const Assumptions& assumptions, Architecture& architecture) const {
  const auto& answer = assumptions.context;
  architecture.context = answer ? answer->value : assumed_context;
  const std::string length =
      "sequences are of at most n = " + std::to_string(architecture.context) + " tokens";
  if (!answer)
    architecture.notes.push_back("Assumed, as no tensor says it: " + length +
                                 " (--context says another number).");
  else if (!answer->origin.empty())
    architecture.notes.push_back("As " + answer->origin + " says, " + length + ".");
}

NetworkNames AttentionFamily::parameter_names(const Architecture& architecture) const {
  NetworkNames names = tmm_family().parameter_names(architecture);
  for (BlockNames* block : {&names.block, &names.decoder_block}) {
    block->query = "q_proj";
    block->key = "k_proj";
    block->value = "v_proj";
    block->frequencies = "rotary.inv_freq";
  }
  return names;
}

}  // namespace

const Family& attention_family() {
  static const AttentionFamily family;
  return family;
}

}  // namespace tmm::model
