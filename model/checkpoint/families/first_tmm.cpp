// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "model/checkpoint/families/block_operators.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/network_reader.hpp"

namespace tmm::model {
namespace {

constexpr std::string_view weight = "mixer.weight";
constexpr std::array<std::string_view, 1> mixing_layer{"mixer."};

constexpr NetworkForm form{
    .normalisation = Normalisation::rms, .token_mixing_first = true, .final_norm = true, .vector_taps = true};

/// The authors' first model: x += T·RMS(x) + b_t, then x += C2·SiLU(C1·RMS(x)); logits U·RMS(x). Toeplitz
/// weights are vectors (n).
class FirstTmmFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "first TMM"; }
  [[nodiscard]] std::span<const std::string_view> mixing_layers() const override { return mixing_layer; }
  [[nodiscard]] bool is_operator(std::string_view tensor) const override {
    return is_block_tensor(tensor, "blocks", weight);
  }
  [[nodiscard]] Architecture recognize(std::span<const TensorInfo> tensors,
                                       const std::string& source) const override;
  [[nodiscard]] std::vector<std::string> operator_names(std::span<const TensorInfo> tensors) const override {
    return block_tensor_names(tensors, "blocks", {weight});
  }
  [[nodiscard]] std::vector<LayerOperator> operators(const StateDict& state,
                                                     const Architecture&) const override {
    std::vector<LayerOperator> layers;
    for (const std::string& tensor : operator_names(state.infos()))
      layers.push_back(block_operator(state.at(tensor), {}, state.at(tensor).as_double()));
    return layers;
  }
  bool plan(Architecture& architecture, std::size_t blocks) const override {
    architecture.form = form;
    architecture.parts = {{"blocks", blocks}};
    return true;
  }
  [[nodiscard]] bool starts_half_inside() const override { return false; }
  [[nodiscard]] NullModel null_model(const Architecture&) const override {
    return {
        "The Toeplitz weights of the first TMM start at zero: before training there is no operator to "
        "compare with, and no z-score.",
        nullptr, nullptr, ""};
  }
  [[nodiscard]] NetworkNames parameter_names(const Architecture&) const override {
    const BlockNames block{"norm2", "mlp.fc1", "mlp.fc2", "norm1",  "mixer.", "",
                           "",      "",        "",        "weight", "bias"};
    return {"inp_emb.weight", "out_emb.weight", "norm", block, block};
  }
};

Architecture FirstTmmFamily::recognize(std::span<const TensorInfo> tensors, const std::string& source) const {
  NetworkReader reader(tensors, source);
  Architecture& a = reader.result;
  a.form = form;
  a.parts = reader.block_lists({"blocks"});
  std::vector<std::string> weights;
  for_each_block(a, [&](const std::string& block) { weights.push_back(block + std::string(weight)); });
  reader.require_alike(weights, 1, "(n)");
  a.context = reader.find(weights.front())->shape[0];
  a.operators = weights.size();
  a.vocabulary = reader.extent({"inp_emb.weight", "out_emb.weight"}, 2, 0);
  a.embedding = reader.extent({"inp_emb.weight", "out_emb.weight"}, 2, 1);
  if (a.embedding == 0)
    a.embedding = reader.extent({"norm.weight", "blocks.0.norm1.weight", "blocks.0.norm2.weight"}, 1, 0);
  a.hidden = reader.extent({"blocks.0.mlp.fc1.weight"}, 2, 0);
  reader.expect("inp_emb.weight", {a.vocabulary, a.embedding});
  reader.expect("norm.weight", {a.embedding});
  reader.expect("out_emb.weight", {a.vocabulary, a.embedding});
  for_each_block(a, [&](const std::string& block) {
    reader.expect(block + "norm1.weight", {a.embedding});
    reader.expect(block + "mixer.weight", {a.context});
    reader.expect(block + "mixer.bias", {a.context});
    reader.expect(block + "norm2.weight", {a.embedding});
    reader.expect_linear(block + "mlp.fc1", a.hidden, a.embedding);
    reader.expect_linear(block + "mlp.fc2", a.embedding, a.hidden);
  });
  return reader.finish_below(mixing_layer);
}

}  // namespace

const Family& first_tmm_family() {
  static const FirstTmmFamily family;
  return family;
}

}  // namespace tmm::model
