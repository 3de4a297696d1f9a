// SPDX-License-Identifier: MIT
#include <array>
#include <utility>

#include "model/checkpoint/families/block_operators.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/network_reader.hpp"

namespace tmm::model {
namespace {

constexpr std::string_view logits = "mixer.alpha_logits";
constexpr std::array<std::string_view, 1> mixing_layer{"mixer."};

constexpr std::size_t assumed_context = 512;

/// M exponential averages of every channel, mixed by a projection (d, d·M) whose column e·M + j belongs to
/// channel e and average j. Taps (1 − α_j)α_j^k: the symbol (1 − α)/(1 − αz) has no zero. No tensor has the
/// length n: it is given by the user or assumed.
class ExponentialAveragesFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "exponential averages"; }
  [[nodiscard]] std::span<const std::string_view> mixing_layers() const override { return mixing_layer; }
  [[nodiscard]] bool is_operator(std::string_view tensor) const override {
    return is_block_tensor(tensor, "blocks", logits);
  }
  [[nodiscard]] Architecture recognize(std::span<const TensorInfo> tensors,
                                       const std::string& source) const override;
  void assume(const Assumptions& assumptions, Architecture& architecture) const override;
  [[nodiscard]] std::vector<std::string> operator_names(std::span<const TensorInfo> tensors) const override {
    return block_tensor_names(tensors, "blocks", {logits});
  }
  [[nodiscard]] std::vector<LayerOperator> operators(const StateDict& state,
                                                     const Architecture& architecture) const override;
  [[nodiscard]] bool starts_half_inside() const override { return false; }
  [[nodiscard]] NullModel null_model(const Architecture&) const override {
    return {
        "An exponential average is one number, and its index is 0 whatever that is: there is no null model, "
        "and no z-score.",
        nullptr, nullptr, ""};
  }
  [[nodiscard]] NetworkNames parameter_names(const Architecture&) const override {
    const BlockNames block{"norm2", "mlp.fc1", "mlp.fc2", "norm1",        "mixer.", "",
                           "proj",  "",        "",        "alpha_logits", "bias"};
    return {"inp_emb.weight", "out_emb.weight", "norm", block, block};
  }
};

Architecture ExponentialAveragesFamily::recognize(std::span<const TensorInfo> tensors,
                                                  const std::string& source) const {
  NetworkReader reader(tensors, source);
  Architecture& a = reader.result;
  a.parts = reader.block_lists({"blocks"});
  std::vector<std::string> weights;
  for_each_block(a, [&](const std::string& block) { weights.push_back(block + std::string(logits)); });
  reader.require_alike(weights, 1, "(M)");
  const std::size_t averages = reader.find(weights.front())->shape[0];
  a.form = {.normalisation = Normalisation::rms,
            .token_mixing_first = true,
            .final_norm = true,
            .taps = TapDerivation::exponential_average,
            .averages = averages};
  a.mixing = TokenMixing::averages;
  a.operators = weights.size() * averages;
  a.vocabulary = reader.extent({"inp_emb.weight", "out_emb.weight"}, 2, 0);
  a.embedding = reader.extent({"inp_emb.weight", "out_emb.weight"}, 2, 1);
  if (a.embedding == 0) a.embedding = reader.extent({"blocks.0.mixer.proj.weight"}, 2, 0);
  const std::size_t d = a.embedding;
  a.hidden = reader.extent({"blocks.0.mlp.fc1.weight"}, 2, 0);
  reader.expect("inp_emb.weight", {a.vocabulary, d});
  reader.expect("norm.weight", {d});
  reader.expect("out_emb.weight", {a.vocabulary, d});
  for_each_block(a, [&](const std::string& block) {
    reader.expect(block + "norm1.weight", {d});
    reader.expect(block + std::string(logits), {averages});
    reader.expect(block + "mixer.bias", {averages});
    reader.expect_linear(block + "mixer.proj", d, d * averages);
    reader.expect(block + "norm2.weight", {d});
    reader.expect_linear(block + "mlp.fc1", a.hidden, d);
    reader.expect_linear(block + "mlp.fc2", d, a.hidden);
  });
  return reader.finish_below(mixing_layer);
}

void ExponentialAveragesFamily::assume(const Assumptions& assumptions, Architecture& architecture) const {
  const auto& answer = assumptions.context;
  architecture.context = answer ? answer->value : assumed_context;
  const std::string length = "n = " + std::to_string(architecture.context) + " taps of each average count";
  if (!answer)
    architecture.notes.push_back("Assumed, as no tensor says it: " + length +
                                 " (--context says another number). The index is 0 for every n.");
  else if (!answer->origin.empty())
    architecture.notes.push_back("As " + answer->origin + " says, " + length + ".");
}

std::vector<LayerOperator> ExponentialAveragesFamily::operators(const StateDict& state,
                                                                const Architecture& architecture) const {
  std::vector<LayerOperator> layers;
  for (const std::string& name : operator_names(state.infos())) {
    const Tensor& tensor = state.at(name);
    const std::vector<double> values = tensor.as_double();
    for (std::size_t j = 0; j < values.size(); ++j) {
      LayerOperator layer = block_operator(tensor, static_cast<int>(j), {});
      set_derived(
          layer,
          exponential_average_taps(values[j], architecture.context, tensor.info.dtype != DType::float64),
          "exponential average");
      layers.push_back(std::move(layer));
    }
  }
  return layers;
}

}  // namespace

const Family& exponential_averages_family() {
  static const ExponentialAveragesFamily family;
  return family;
}

}  // namespace tmm::model
