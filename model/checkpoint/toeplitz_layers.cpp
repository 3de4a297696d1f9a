// SPDX-License-Identifier: MIT
#include "model/checkpoint/toeplitz_layers.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "model/base/error.hpp"
#include "model/checkpoint/architecture.hpp"
#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {
namespace {

void require_finite(const std::string& source, const std::string& tensor, const std::vector<double>& values,
                    std::size_t columns) {
  const auto bad = std::find_if(values.begin(), values.end(), [](double w) { return !std::isfinite(w); });
  if (bad == values.end()) return;
  const auto index = static_cast<std::size_t>(bad - values.begin());
  const std::string where =
      "[" + std::to_string(index / columns) + ", " + std::to_string(index % columns) + "]";
  const char* what = std::isnan(*bad) ? "NaN" : *bad > 0 ? "inf" : "-inf";
  throw FormatError("weight is not finite", {source, tensor, "finite numbers", what + (" at " + where), ""});
}

}  // namespace

std::vector<std::string> toeplitz_weight_names(std::span<const TensorInfo> tensors) {
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

std::vector<Contradiction> contradictions_of(const StateDict& state) {
  return recognize(state).contradictions;
}

std::vector<LayerOperator> toeplitz_layers(const StateDict& state, Contradictions contradictions) {
  const Architecture architecture = recognize(state);
  if (contradictions == Contradictions::refuse)
    require_no_contradictions(architecture.contradictions, state.source());

  std::vector<LayerOperator> layers;
  layers.reserve(architecture.operators);
  for (const std::string& weight : toeplitz_weight_names(state.infos())) {
    const Tensor& tensor = state.at(weight);
    const ToeplitzName place = *parse_toeplitz_weight(weight);
    const std::size_t rows = tensor.info.shape[0], n = tensor.info.shape[1];  // (k, n) or (H, n)
    const std::vector<double> values = tensor.as_double();
    require_finite(state.source(), weight, values, n);
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

}  // namespace tmm::model
