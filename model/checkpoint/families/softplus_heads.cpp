// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "model/checkpoint/families/block_operators.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/network_reader.hpp"

namespace tmm::model {
namespace {

constexpr std::string_view raw = "mixer.weight_raw", stored = "mixer.weight";
constexpr std::array<std::string_view, 1> mixing_layer{"mixer."};

constexpr NetworkForm form{.normalisation = Normalisation::rms,
                           .activation = Activation::gelu_tanh,
                           .token_mixing_first = true,
                           .final_norm = true,
                           .taps = TapDerivation::softplus,
                           .output_projection_bias = false};

/// Parallel heads whose taps are softplus(weight_raw), all positive; in a snapshot they stand in `weight` as
/// they are: x += O·concat_h(T_h u_h + b_h) with u = P·RMS(x), then x += C2·GELU(C1·RMS(x)); logits U·RMS(x).
/// In a sub-variant that no tensor shows, (T_h u)_t is divided by c_t = Σ_{k≤t} w_k.
class SoftplusHeadsFamily final : public Family {
 public:
  [[nodiscard]] std::string_view name() const override { return "softplus heads"; }
  [[nodiscard]] std::span<const std::string_view> mixing_layers() const override { return mixing_layer; }
  [[nodiscard]] bool is_operator(std::string_view tensor) const override {
    return is_block_tensor(tensor, "blocks", raw) || is_block_tensor(tensor, "blocks", stored);
  }
  [[nodiscard]] bool claims(std::span<const TensorInfo> tensors) const override;
  [[nodiscard]] Architecture recognize(std::span<const TensorInfo> tensors,
                                       const std::string& source) const override;
  void assume(const Assumptions& assumptions, Architecture& architecture) const override;
  [[nodiscard]] std::vector<std::string> operator_names(std::span<const TensorInfo> tensors) const override {
    return block_tensor_names(tensors, "blocks", {raw, stored});
  }
  [[nodiscard]] std::vector<LayerOperator> operators(const StateDict& state,
                                                     const Architecture& architecture) const override;
  bool plan(Architecture& architecture, std::size_t blocks) const override {
    architecture.form = form;
    architecture.mixing = TokenMixing::parallel_heads;
    architecture.parts = {{"blocks", blocks}};
    return true;
  }
  [[nodiscard]] NullModel null_model(const Architecture& architecture) const override;
  [[nodiscard]] NetworkNames parameter_names(const Architecture& architecture) const override;
};

/// A plain `weight` may be another family's vector: here it has a row for each head.
bool SoftplusHeadsFamily::claims(std::span<const TensorInfo> tensors) const {
  return std::ranges::any_of(tensors, [](const TensorInfo& t) {
    return is_block_tensor(t.name, "blocks", raw) ||
           (is_block_tensor(t.name, "blocks", stored) && t.shape.size() == 2) ||
           is_block_tensor(t.name, "blocks", "mixer_norm.weight");
  });
}

Architecture SoftplusHeadsFamily::recognize(std::span<const TensorInfo> tensors,
                                            const std::string& source) const {
  NetworkReader reader(tensors, source);
  Architecture& a = reader.result;
  a.parts = reader.block_lists({"blocks"});
  const bool snapshot = std::ranges::none_of(
      tensors, [](const TensorInfo& t) { return is_block_tensor(t.name, "blocks", raw); });
  const std::string weight(snapshot ? stored : raw);
  std::vector<std::string> weights;
  for_each_block(a, [&](const std::string& block) { weights.push_back(block + weight); });
  reader.require_alike(weights, 2, "(H, n)");
  const bool projections =  // a snapshot may have none
      !snapshot || std::ranges::any_of(tensors, [](const TensorInfo& t) {
        return t.name.find(".mixer.inp_proj.") != std::string::npos ||
               t.name.find(".mixer.out_proj.") != std::string::npos;
      });
  a.form = form;
  if (snapshot) a.form.taps = TapDerivation::none;
  a.form.projections = projections;
  a.mixing = TokenMixing::parallel_heads;
  a.heads = reader.find(weights.front())->shape[0];
  a.context = reader.find(weights.front())->shape[1];
  a.operators = weights.size() * a.heads;
  a.vocabulary = reader.extent({"inp_embed.weight", "out_embed.weight"}, 2, 0);
  a.embedding = reader.extent({"inp_embed.weight", "out_embed.weight", "blocks.0.mixer.inp_proj.weight",
                               "blocks.0.mixer.out_proj.weight"},
                              2, 1);
  if (a.embedding == 0)
    a.embedding =
        reader.extent({"out_norm.weight", "blocks.0.mixer_norm.weight", "blocks.0.mlp_norm.weight"}, 1, 0);
  const std::size_t d = a.embedding;
  if (d % a.heads != 0)
    reader.fail(weights.front(), "the heads do not divide the embedding",
                "H dividing d = " + std::to_string(d), "H = " + std::to_string(a.heads));
  a.hidden = reader.extent({"blocks.0.mlp.fc1.weight"}, 2, 0);
  reader.expect("inp_embed.weight", {a.vocabulary, d});
  reader.expect("out_norm.weight", {d});
  reader.expect("out_embed.weight", {a.vocabulary, d});
  for_each_block(a, [&](const std::string& block) {
    reader.expect(block + "mixer_norm.weight", {d});
    reader.expect(block + weight, {a.heads, a.context});
    reader.expect(block + "mixer.bias", {a.heads, a.context});
    if (projections) {
      reader.expect_linear(block + "mixer.inp_proj", d, d);
      reader.expect(block + "mixer.out_proj.weight", {d, d});
    }
    reader.expect(block + "mlp_norm.weight", {d});
    reader.expect_linear(block + "mlp.fc1", a.hidden, d);
    reader.expect_linear(block + "mlp.fc2", d, a.hidden);
  });
  return reader.finish_below(mixing_layer);
}

void SoftplusHeadsFamily::assume(const Assumptions& assumptions, Architecture& architecture) const {
  const auto& answer = assumptions.mean_normalised;
  architecture.form.mean_normalised = answer && answer->value;
  const std::string rows = architecture.form.mean_normalised
                               ? "each row of a layer is divided by c_t, the sum of its taps: the layer "
                                 "applies diag(1/c)·T, and what is said of operators is said of T"
                               : "the rows of a layer are not divided by the sums of their taps";
  architecture.notes.push_back(answer ? "As " + answer->origin + " says, " + rows + "."
                                      : "Assumed, as no tensor says it: " + rows +
                                            " (--mean-normalised says the opposite).");
}

std::vector<LayerOperator> SoftplusHeadsFamily::operators(const StateDict& state,
                                                          const Architecture& architecture) const {
  std::vector<LayerOperator> layers;
  for (const std::string& name : operator_names(state.infos())) {
    const Tensor& tensor = state.at(name);
    for (std::size_t h = 0; h < architecture.heads; ++h) {
      LayerOperator layer = block_operator(tensor, static_cast<int>(h), tensor_row(tensor, h));
      if (architecture.form.taps == TapDerivation::softplus)
        set_derived(layer, softplus_taps(layer.taps, tensor.info.dtype != DType::float64),
                    "softplus(weight_raw)");
      if (architecture.form.mean_normalised) layer.row_divisor = running_sums(layer.taps);
      layers.push_back(std::move(layer));
    }
  }
  return layers;
}

NullModel SoftplusHeadsFamily::null_model(const Architecture& architecture) const {
  if (architecture.form.taps == TapDerivation::none)
    return {"How plain taps of this family start is not known: there is no null model, and no z-score.",
            nullptr, nullptr, ""};
  return {"", [](std::size_t) { return 0.2; },
          [](double r) {
            return softplus_taps({&r, 1}, true).taps.front();
          },
          "w_k = softplus(r_k), r_k ~ N(0, 0.2²)"};
}

NetworkNames SoftplusHeadsFamily::parameter_names(const Architecture& architecture) const {
  const bool derived = architecture.form.taps == TapDerivation::softplus;
  const BlockNames block{"mlp_norm", "mlp.fc1",  "mlp.fc2", "mixer_norm", "mixer.",
                         "inp_proj", "out_proj", "",        "",           derived ? "weight_raw" : "weight",
                         "bias"};
  return {"inp_embed.weight", "out_embed.weight", "out_norm", block, block};
}

}  // namespace

const Family& softplus_heads_family() {
  static const SoftplusHeadsFamily family;
  return family;
}

}  // namespace tmm::model
