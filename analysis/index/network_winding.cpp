// SPDX-License-Identifier: MIT
#include "analysis/index/network_winding.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "analysis/index/layer_winding.hpp"
#include "model/base/error.hpp"
#include "model/base/parallel.hpp"
#include "model/checkpoint/families/families.hpp"
#include "model/checkpoint/families/toeplitz_layers.hpp"
#include "model/checkpoint/layer_label.hpp"
#include "model/network/parameters.hpp"

namespace tmm::analysis {
namespace {

std::vector<model::LayerOperator> layers_of(const model::Tmm<float>& network) {
  if (network.architecture.operators == 0) return {};  // attention, dense matrices
  model::StateDict weights;
  for_each_parameter(
      network, [&](const std::string& tensor, const auto& shape, std::span<const float> values) {
        if (model::is_operator_tensor(tensor))
          weights.insert(
              {{tensor, shape, model::DType::float32}, std::vector<float>(values.begin(), values.end())});
      });
  // A network in memory is what it says it is, even where a square kernel starts from many zeros.
  return model::toeplitz_layers(weights, model::Contradictions::assume_toeplitz);
}

}  // namespace

std::vector<std::string> operator_labels(const model::Tmm<float>& network) {
  std::vector<std::string> labels;
  for (const model::LayerOperator& layer : layers_of(network)) labels.push_back(model::layer_label(layer));
  return labels;
}

std::vector<OperatorWinding> network_windings(const model::Tmm<float>& network, std::size_t threads) {
  const auto layers = layers_of(network);  // throws for weights that are not finite
  WindingOptions options;
  options.margin_tightness = 1;
  std::vector<OperatorWinding> windings(layers.size());
  model::parallel_for(layers.size(), threads, [&](std::size_t i, std::size_t) {
    windings[i] = {model::layer_label(layers[i]), layer_winding(layers[i], options)};
  });
  return windings;
}

}  // namespace tmm::analysis
