// SPDX-License-Identifier: MIT
#include "model/checkpoint/families/toeplitz_layers.hpp"

#include <algorithm>
#include <cmath>

#include "model/base/error.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/recognition.hpp"

namespace tmm::model {
namespace {

void require_finite(const std::string& source, const Tensor& tensor) {
  const std::vector<double> values = tensor.as_double();
  const auto bad = std::find_if(values.begin(), values.end(), [](double w) { return !std::isfinite(w); });
  if (bad == values.end()) return;
  auto index = static_cast<std::size_t>(bad - values.begin());
  std::string where;
  for (auto extent = tensor.info.shape.rbegin(); extent != tensor.info.shape.rend(); ++extent) {
    where = std::to_string(index % *extent) + (where.empty() ? "" : ", ") + where;
    index /= *extent;
  }
  const char* what = std::isnan(*bad) ? "NaN" : *bad > 0 ? "inf" : "-inf";
  throw FormatError("weight is not finite",
                    {source, tensor.info.name, "finite numbers", what + (" at [" + where + "]"), ""});
}

}  // namespace

std::vector<std::string> toeplitz_weight_names(std::span<const TensorInfo> tensors) {
  const Family* family = find_family(tensors);
  return family == nullptr ? std::vector<std::string>{} : family->operator_names(tensors);
}

std::vector<Contradiction> contradictions_of(const StateDict& state) {
  return recognize(state).contradictions;
}

std::vector<LayerOperator> layer_operators(const StateDict& state, const Assumptions& assumptions) {
  const Architecture architecture = recognize(state, assumptions);
  if (assumptions.contradictions == Contradictions::refuse)
    require_no_contradictions(architecture.contradictions, state.source());
  if (architecture.mixing == TokenMixing::attention &&
      architecture.operators + architecture.dense_operators == 0)
    throw FormatError("no Toeplitz operator: the layers of this network mix over time with attention",
                      {state.source(), "", "a network with Toeplitz or dense causal layers", "",
                       "`tmm info` describes it, `tmm evaluate` gives its loss"});
  const Family& family = family_of(architecture);
  for (const std::string& tensor : family.operator_names(state.infos()))
    require_finite(state.source(), state.at(tensor));
  return family.operators(state, architecture);
}

std::vector<LayerOperator> toeplitz_layers(const StateDict& state, const Assumptions& assumptions) {
  auto layers = layer_operators(state, assumptions);
  std::erase_if(layers, [](const LayerOperator& layer) { return layer.kind != OperatorKind::toeplitz; });
  if (layers.empty())
    throw FormatError("no Toeplitz operator: all layers are dense causal matrices",
                      {state.source(), "", "", "", ""});
  return layers;
}

}  // namespace tmm::model
